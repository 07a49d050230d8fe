import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { RunbookList } from "#components/runbooks/runbook-list.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Runbooks" };

export default async function RunbooksPage() {
  await requireSignedIn("/runbooks");
  await requestQueryClient().fetchQuery(trpc.runbooks.list.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <RunbookList />
    </HydrationBoundary>
  );
}
