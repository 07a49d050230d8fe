import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { DecisionLog } from "#components/access/decision-log.tsx";
import { decisionsHref, readDecisionParams } from "#components/access/decision-params.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Decisions about access" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  const filter = readDecisionParams(await searchParams);
  await requireSignedIn(decisionsHref(filter));
  await requestQueryClient().fetchQuery(trpc.access.decisions.queryOptions(filter));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <DecisionLog filter={filter} />
    </HydrationBoundary>
  );
}
