import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { HostsSettings } from "#components/checks/hosts-settings.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Hosts" };

export default async function HostsPage() {
  await requireSignedIn("/settings/hosts");
  await requestQueryClient().fetchQuery(trpc.hosts.list.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <HostsSettings />
    </HydrationBoundary>
  );
}
