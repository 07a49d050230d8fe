import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ApprovalPage } from "#components/approvals/approval-page.tsx";
import { stagesBeside } from "#components/stages/stages-beside.ts";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type Props = { params: Promise<{ jobId: string }> };

async function readJob(props: Props) {
  const { jobId } = await props.params;
  await requireSignedIn(`/approvals/${jobId}`);
  return readForPage(trpc.jobs.get.queryOptions({ jobId }));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const job = await readJob(props);
  if (job.kind === "refused") return { title: "Decide" };
  const { number, stageTitle, tenant } = job.data;
  return { title: `Decide job ${number}: ${stageTitle}, ${tenant.slug}` };
}

export default async function Page(props: Props) {
  const job = await readJob(props);
  if (job.kind === "refused") return <Notice kind="danger" title={job.says} />;
  const { id, stageKey, tenant } = job.data;
  const facts = await requestQueryClient().fetchQuery(trpc.tenants.get.queryOptions({ tenantId: tenant.id }));
  const stages = stagesBeside(facts, stageKey);
  const before = stages[stages.findIndex(({ key }) => key === stageKey) - 1];
  if (before !== undefined) {
    const of = { tenantId: tenant.id, stageKey: before.key };
    await requestQueryClient().fetchQuery(trpc.tenants.stage.queryOptions(of));
  }
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <ApprovalPage jobId={id} />
    </HydrationBoundary>
  );
}
