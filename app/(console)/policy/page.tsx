import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PolicyPage } from "#components/policy/policy-page.tsx";
import { policyHref, readPolicyParams } from "#components/policy/policy-params.ts";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Policy" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function PolicyRoute({ searchParams }: Props) {
  const params = readPolicyParams(await searchParams);
  await requireSignedIn(policyHref(params));
  const { cloudId, number } = params;
  const read = await readForPage(trpc.policy.get.queryOptions({ cloudId, number }));
  if (read.kind === "refused") notFound();
  const { source, live, release, set } = read.data;
  const client = requestQueryClient();
  await Promise.all([
    client.prefetchQuery(trpc.policy.analyse.queryOptions({ source, live, release, set })),
    read.data.cloud === null
      ? null
      : client.prefetchQuery(trpc.policy.observed.queryOptions({ cloudId: read.data.cloud.id })),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PolicyPage key={`${read.data.cloud?.id} ${read.data.number}`} params={params} />
    </HydrationBoundary>
  );
}
