"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { GateVerdict } from "#components/stages/gate-verdict.tsx";
import { stagesBeside } from "#components/stages/stages-beside.ts";
import { useTRPC } from "#components/trpc/api.ts";

function Verdict({ tenantId, stageKey, title }: { tenantId: string; stageKey: string; title: string }) {
  const trpc = useTRPC();
  const { latestGate } = useSuspenseQuery(trpc.tenants.stage.queryOptions({ tenantId, stageKey })).data;
  if (latestGate === null) {
    return <p className="text-ink-2">The gate of {title} has not been judged for this tenant.</p>;
  }
  return <GateVerdict verdict={latestGate} />;
}

/** What was proven by the stage before: the ground that this request stands on. */
export function StageBefore({ job }: { job: JobFacts }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.tenants.get.queryOptions({ tenantId: job.tenant.id }));
  const stages = stagesBeside(data, job.stageKey);
  const before = stages[stages.findIndex(({ key }) => key === job.stageKey) - 1];
  if (before === undefined)
    return <p className="text-ink-2">This is the first stage: nothing comes before it.</p>;
  return (
    <div className="grid gap-2">
      <p className="text-ink-2">
        What stage {before.key}, {before.title}, has proven for this tenant:
      </p>
      <Verdict tenantId={job.tenant.id} stageKey={before.key} title={before.title} />
    </div>
  );
}
