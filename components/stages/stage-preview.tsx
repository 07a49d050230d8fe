"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { PlanSteps } from "#components/plan/plan-steps.tsx";
import { countSteps, describeCounts } from "#components/plan/plan-words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Arc } from "#components/ui/arc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import type { May } from "#server/services/may.ts";
import { RequestForm, RunButton } from "./request-form.tsx";

/** Announced when it is ready; asked as well, in case the announcement is lost. */
const ASK_MS = 2000;

type StagePreviewProps = {
  planId: string;
  stage: { tenantId: string; key: string };
  blockTitles: Readonly<Record<string, string>>;
  may: { request: May; run: May; preview: May };
  again: () => void;
  close: () => void;
};

/** A preview from the moment it is asked for until somebody acts on it. */
export function StagePreview({ planId, stage, blockTitles, may, again, close }: StagePreviewProps) {
  const trpc = useTRPC();
  const { data: plan, error } = useQuery(
    trpc.jobs.plan.queryOptions(
      { planId },
      {
        trpc: { context: { isPoll: true } },
        // A refusal stays one; only a request that was not answered is worth another.
        retry: (failures, { data }) => failures < 1 && !data?.refusal,
        refetchInterval: ({ state }) => (state.data?.state === "requested" ? ASK_MS : false),
      },
    ),
  );
  const isOther = plan !== undefined && (plan.tenantId !== stage.tenantId || plan.stageKey !== stage.key);
  const repeat = (
    <Button size="sm" onClick={again} disabledReason={may.preview.allowed ? null : may.preview.says}>
      Preview again
    </Button>
  );

  return (
    <Section
      title="Preview"
      beside={plan?.finishedAt ? <RelativeTime at={plan.finishedAt} /> : undefined}
      actions={
        <>
          {plan?.state === "ready" && !isOther && repeat}
          <Button size="sm" variant="ghost" onClick={close}>
            Close
          </Button>
        </>
      }
    >
      {error !== null && <RefusalNotice error={error} />}
      {error === null && plan === undefined && <SkeletonLines label="Reading the preview" />}
      {isOther && (
        <Notice kind="warning" title="This preview belongs to another stage">
          Nothing of it can be asked for here. Close it and preview this stage.
        </Notice>
      )}
      {plan !== undefined && !isOther && (
        <>
          {plan.state === "requested" && <Planning since={plan.createdAt} />}
          {plan.state === "blocked" && (
            <Notice
              kind="warning"
              title={plan.says ?? "The cloud does not allow this now."}
              action={repeat}
              live
            >
              {plan.advice}
            </Notice>
          )}
          {plan.state === "failed" && (
            <Notice kind="danger" title={plan.says ?? "The runner could not plan this."} action={repeat} live>
              {plan.advice ?? "Nothing was changed."}
            </Notice>
          )}
          {plan.state === "ready" && plan.content !== null && plan.contentDigest !== null && (
            <ReadyPlan content={plan.content} digest={plan.contentDigest} blockTitles={blockTitles}>
              {plan.isStale ? (
                <Notice kind="warning" title="This preview is too old to act on" action={repeat}>
                  The cloud may have changed since. Nothing was asked for.
                </Notice>
              ) : plan.content.effect === "read" ? (
                <RunButton
                  key={planId}
                  planId={planId}
                  contentDigest={plan.contentDigest}
                  may={may.run}
                  again={again}
                />
              ) : (
                <RequestForm
                  key={planId}
                  planId={planId}
                  contentDigest={plan.contentDigest}
                  may={may.request}
                  wouldNeed={plan.wouldNeed}
                  destroys={plan.effect === "destroy" ? plan.content.tenant.slug : null}
                  again={again}
                />
              )}
            </ReadyPlan>
          )}
        </>
      )}
    </Section>
  );
}

function Planning({ since }: { since: Date }) {
  return (
    <div role="status" className="flex items-start gap-3 rounded-md border border-line px-3 py-3">
      <Arc className="mt-0.5 size-4 text-run-mark" />
      <div className="grid gap-0.5">
        <p className="font-medium">The runner is reading the cloud to plan this stage</p>
        <p className="text-ink-2">
          Nothing is changed by it. <Duration since={since} /> so far.
        </p>
      </div>
    </div>
  );
}

type ReadyPlanProps = {
  content: StagePlan;
  digest: string;
  blockTitles: Readonly<Record<string, string>>;
  children: ReactNode;
};

function ReadyPlan({ content, digest, blockTitles, children }: ReadyPlanProps) {
  const counts = countSteps(content.steps);
  const isAllSo = counts.alreadySo > 0 && counts.calls === 0;
  return (
    <div className="grid gap-4">
      <div className="flex items-start gap-3">
        <EffectBadge effect={content.effect} size="lg" />
        <p className="min-w-0 self-center">
          {describeCounts(counts)}{" "}
          <span className="text-ink-2">
            On cloud <span className="font-medium text-ink">{content.cloud.name}</span>, for tenant{" "}
            <span className="font-medium text-ink">{content.tenant.slug}</span>.
          </span>
        </p>
      </div>
      {isAllSo && (
        <Notice kind="ok" title="Everything is already so">
          Running it sends nothing; it reads the truth back and judges the gate again.
        </Notice>
      )}
      <PlanSteps steps={content.steps} blockTitles={blockTitles} />
      <div className="grid gap-4 border-t border-line pt-4">
        {children}
        <p className="text-small text-ink-3">
          Digest of this plan{" "}
          <Mono head={19} copy>
            {digest}
          </Mono>
        </p>
      </div>
    </div>
  );
}
