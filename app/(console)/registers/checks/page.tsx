import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { CheckList } from "#components/checks/check-list.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Checks" };

export default async function ChecksPage() {
  await requireSignedIn("/registers/checks");
  await requestQueryClient().fetchQuery(trpc.checks.list.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <CheckList />
    </HydrationBoundary>
  );
}
