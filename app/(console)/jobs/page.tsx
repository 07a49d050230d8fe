import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { JobList } from "#components/jobs/job-list.tsx";
import { listHref, loadListParams } from "#components/jobs/list-params.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Jobs" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  const { filter, before } = await loadListParams(searchParams);
  await requireSignedIn(listHref({ filter, before }));
  await requestQueryClient().fetchQuery(trpc.jobs.list.queryOptions({ filter, tenantId: null, before }));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <JobList />
    </HydrationBoundary>
  );
}
