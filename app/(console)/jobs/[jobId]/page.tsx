import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { firstReadAfter } from "#components/jobs/first-read.ts";
import { JobPage } from "#components/jobs/job-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type Props = { params: Promise<{ jobId: string }> };

async function readJob(props: Props) {
  const { jobId } = await props.params;
  await requireSignedIn(`/jobs/${jobId}`);
  return readForPage(trpc.jobs.get.queryOptions({ jobId }));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const job = await readJob(props);
  if (job.kind === "refused") return { title: "Job" };
  const { number, stageTitle, tenant } = job.data;
  return { title: `Job ${number}: ${stageTitle}, ${tenant.slug}` };
}

export default async function Page(props: Props) {
  const job = await readJob(props);
  if (job.kind === "refused") return <Notice kind="danger" title={job.says} />;
  const { id: jobId, state, lastLine } = job.data;
  const after = firstReadAfter(state, lastLine);
  await requestQueryClient().fetchQuery(trpc.jobs.output.queryOptions({ jobId, after }));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <JobPage jobId={jobId} />
    </HydrationBoundary>
  );
}
