import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { StageView } from "#components/stages/stage-view.tsx";
import { stageNumber } from "#components/stages/stage-words.ts";
import { TenantsAway } from "#components/tenants/tenants-away.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type StagePageProps = {
  params: Promise<{ tenantId: string; stageKey: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

async function readStage({ params }: Pick<StagePageProps, "params">) {
  const { tenantId, stageKey: raw } = await params;
  const stageKey = decodeURIComponent(raw);
  const [tenant, stage] = await Promise.all([
    readForPage(trpc.tenants.get.queryOptions({ tenantId })),
    readForPage(trpc.tenants.stage.queryOptions({ tenantId, stageKey })),
  ]);
  return { tenantId, stageKey, tenant, stage };
}

export async function generateMetadata(props: StagePageProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Tenant" };
  const { tenant, stageKey } = await readStage(props);
  return {
    title: tenant.kind === "read" ? `${tenant.data.tenant.slug}, stage ${stageNumber(stageKey)}` : "Tenant",
  };
}

export default async function StagePage(props: StagePageProps) {
  const { tenantId, stageKey } = await props.params;
  await requireSignedIn(`/tenants/${tenantId}/stages/${stageKey}`);
  const { stage, ...ref } = await readStage(props);
  if (stage.kind === "refused") return <TenantsAway title="Stage" says={stage.says} />;
  await requestQueryClient().prefetchQuery(
    trpc.shell.steps.queryOptions({ tenantId, stageKey: ref.stageKey }),
  );
  const planId = (await props.searchParams)["plan"];
  // Prefetching keeps its failures to itself: an address of no preview says so in place.
  if (typeof planId === "string") {
    await requestQueryClient().prefetchQuery(trpc.jobs.plan.queryOptions({ planId }));
  }
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <StageView tenantId={ref.tenantId} stageKey={ref.stageKey} />
    </HydrationBoundary>
  );
}
