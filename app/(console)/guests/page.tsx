import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { FleetView } from "#components/guests/fleet-view.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Guests" };

export default async function GuestsPage() {
  await requireSignedIn("/guests");
  await requestQueryClient().fetchQuery(trpc.guests.fleet.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <FleetView />
    </HydrationBoundary>
  );
}
