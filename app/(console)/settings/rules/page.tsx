import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { RulesPage } from "#components/rules/rules-page.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Approval rules" };

export default async function Page() {
  await requireSignedIn("/settings/rules");
  await Promise.all([
    requestQueryClient().fetchQuery(trpc.rules.get.queryOptions({})),
    requestQueryClient().fetchQuery(trpc.standing.list.queryOptions({})),
  ]);
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <RulesPage />
    </HydrationBoundary>
  );
}
