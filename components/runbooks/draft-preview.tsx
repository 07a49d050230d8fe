"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PlanSteps } from "#components/plan/plan-steps.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { FindingList } from "./finding-list.tsx";
import type { DraftFacts, DraftPreviewFacts } from "./runbook-data.ts";

const ASK_MS = 1500;

/** What each stage of the text as it stands would do for a tenant now. It reads, and nothing can be asked for by it. */
export function DraftPreview({ draft, source }: { draft: DraftFacts; source: string }) {
  const trpc = useTRPC();
  const [tenantId, setTenantId] = useState(draft.tenants[0]?.id ?? "");
  const ask = useMutation(trpc.runbooks.previewDraft.mutationOptions());
  const previewId = ask.data?.previewId ?? null;
  return (
    <Section
      title="What it would do"
      description="Each stage of the text as it stands here, saved or not, is planned for a tenant. Nothing is changed, and no job comes of it."
    >
      <div className="grid gap-4">
        <div className="flex flex-wrap items-end gap-3">
          <Field label="Tenant">
            {(control) => (
              <Select
                {...control}
                value={tenantId}
                onChange={(event) => setTenantId(event.currentTarget.value)}
                options={draft.tenants.map(({ id, slug, cloud }) => ({
                  value: id,
                  label: `${slug} on ${cloud}`,
                }))}
              />
            )}
          </Field>
          <Button
            pending={ask.isPending}
            disabledReason={
              draft.may.preview.says ?? (tenantId === "" ? "There is no tenant to look at it with." : null)
            }
            onClick={() => ask.mutate({ draftId: draft.id, tenantId, source })}
          >
            Preview the text
          </Button>
        </div>
        <RefusalNotice error={ask.error} />
        {ask.data !== undefined && previewId === null && (
          <div className="grid gap-2">
            <Notice kind="warning" title="The text has errors, so nothing was planned" live />
            <FindingList findings={ask.data.diagnostics} />
          </div>
        )}
        {previewId !== null && <Outcome key={previewId} previewId={previewId} />}
      </div>
    </Section>
  );
}

function Outcome({ previewId }: { previewId: string }) {
  const trpc = useTRPC();
  const { data, error } = useQuery(
    trpc.runbooks.draftPreview.queryOptions(
      { previewId },
      {
        trpc: { context: { isPoll: true } },
        refetchInterval: ({ state }) => (state.data?.state === "done" ? false : ASK_MS),
      },
    ),
  );
  if (error !== null) return <RefusalNotice error={error} />;
  if (data === undefined || data.stages === null)
    return <SkeletonLines label="The runner is reading the cloud" />;
  return (
    <div className="grid gap-5">
      {data.stages.map((stage) => (
        <Stage key={stage.key} stage={stage} where={`${data.tenantSlug} on ${data.cloudName}`} />
      ))}
    </div>
  );
}

type StageFacts = NonNullable<DraftPreviewFacts["stages"]>[number];

function Stage({ stage, where }: { stage: StageFacts; where: string }) {
  const { key, title, state, effect, plan, says, advice } = stage;
  return (
    <section aria-label={`Stage ${key} for ${where}`} className="grid gap-2 border-t border-line pt-3">
      <div className="flex flex-wrap items-center gap-3">
        <h3 className="font-medium">
          Stage {key}: {title}
        </h3>
        {effect !== null && <EffectBadge effect={effect} />}
      </div>
      {state !== "ready" && (
        <Notice kind={state === "failed" ? "danger" : "warning"} title={says ?? "It cannot be planned now."}>
          {advice}
        </Notice>
      )}
      {plan !== null && <PlanSteps steps={plan.steps} of={`stage ${key}`} />}
    </section>
  );
}
