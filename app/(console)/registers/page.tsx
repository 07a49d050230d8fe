import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { OverviewPage } from "#components/registers/overview/overview-page.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Registers" };

export default async function Page() {
  await requireSignedIn("/registers");
  await requestQueryClient().fetchQuery(trpc.items.overview.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <OverviewPage />
    </HydrationBoundary>
  );
}
