"use client";

import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { ScanSearch } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { SaidList } from "#components/hand/said-list.tsx";
import { Prose } from "#components/prose/prose.tsx";
import { WhatIsLeft } from "#components/removal/what-is-left.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { HeldNotice } from "#components/registers/acts/held-notice.tsx";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { StagePart } from "#server/domain/runbook/runbook.ts";
import type { StageProgress } from "#server/domain/tenant/progress.ts";
import { BlockSteps, type Operations } from "./block-steps.tsx";
import { EnterFinding } from "./enter-finding.tsx";
import { fillKnownText, type KnownValues } from "./fill-known.ts";
import { HandChoice } from "./hand-choice.tsx";
import { GateAssertions } from "./gate-assertions.tsx";
import { GateVerdict } from "./gate-verdict.tsx";
import { knownValuesOf } from "./known-values.ts";
import { ShellAttestations } from "./shell-attestations.tsx";
import { StageFacts } from "./stage-facts.tsx";
import { StageJobs } from "./stage-jobs.tsx";
import { MarkerMark, StageMark } from "./stage-marks.tsx";
import { StagePreview } from "./stage-preview.tsx";
import { stagesBeside } from "./stages-beside.ts";
import { stageNumber } from "./stage-words.ts";

type StageRef = { tenantId: string; stageKey: string };

/** One stage of one tenant: what it is, what is proven, what it would do, and the way to do it. */
export function StageView({ tenantId, stageKey }: StageRef) {
  const trpc = useTRPC();
  const { data: facts } = useSuspenseQuery(trpc.tenants.get.queryOptions({ tenantId }));
  const { data: stage } = useSuspenseQuery(trpc.tenants.stage.queryOptions({ tenantId, stageKey }));
  const [planId, setPlanId] = useQueryState("plan", parseAsString);
  const preview = useMutation(
    trpc.jobs.preview.mutationOptions({ onSuccess: (made) => setPlanId(made.planId) }),
  );
  const [byHand, setByHand] = useState<string[]>([]);
  const ask = () => preview.mutate({ tenantId, stageKey, byHand });
  const known = knownValuesOf(facts);
  const opensAfter = stagesBeside(facts, stageKey).find(({ key }) => key === stageKey)?.opensAfter ?? null;
  const { latestPlan, may } = stage;

  return (
    <div className="grid gap-7">
      <header className="grid gap-2">
        <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
          <div className="grid min-w-0 flex-1 basis-72 gap-1">
            <h2 className="text-lead font-medium">
              <span className="tnum">Stage {stageNumber(stage.key)}:</span> {stage.title}
            </h2>
            <StageMark state={stage.progress?.state ?? "locked"} opensAfter={opensAfter} />
          </div>
          {planId === null && (
            <Button
              variant="primary"
              icon={<ScanSearch />}
              pending={preview.isPending}
              disabledReason={may.preview.allowed ? null : may.preview.says}
              onClick={ask}
            >
              Preview
            </Button>
          )}
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-2">
          <StageFacts parts={stage.parts} operations={stage.operations} cloudName={facts.cloud.name} />
          <MarkerMark marker={stage.marker} withPeople />
        </div>
        {!may.preview.allowed && stage.held === null && !isUnderWay(stage.progress) && (
          <p className="text-ink-2">{may.preview.says}</p>
        )}
        {planId === null && latestPlan !== null && may.preview.allowed && (
          <p className="text-small text-ink-2">
            Last previewed <RelativeTime at={latestPlan.createdAt} />.{" "}
            <button
              type="button"
              onClick={() => void setPlanId(latestPlan.id)}
              className="rounded-sm text-accent-ink underline underline-offset-2"
            >
              Show that preview
            </button>
          </p>
        )}
        {planId === null && may.preview.allowed && (
          <HandChoice parts={stage.parts} chosen={byHand} onChange={setByHand} />
        )}
        <HeldNotice held={stage.held} />
        <RefusalNotice error={preview.error} />
        <UnderWay progress={stage.progress} />
      </header>
      {planId !== null && (
        <StagePreview
          planId={planId}
          stage={{ tenantId, key: stageKey }}
          blockTitles={blockTitlesOf(stage.parts, known)}
          may={may}
          again={ask}
          close={() => void setPlanId(null)}
        />
      )}
      {stage.latestGate !== null && <GateVerdict verdict={stage.latestGate} />}
      {facts.offboarding?.stages.some(({ key }) => key === stageKey) === true && (
        <WhatIsLeft removal={facts.removal} />
      )}
      <Section title="Runbook">
        <StageText parts={stage.parts} operations={stage.operations} known={known} />
      </Section>
      {stage.parts.some((part) => part.kind === "block" && part.block.on?.kind === "check") && (
        <ShellAttestations stage={{ tenantId, stageKey }} />
      )}
      <EnterFinding stage={{ tenantId, stageKey }} slug={facts.tenant.slug} may={may.enterFinding} />
      <SaidList said={stage.said} />
      <StageJobs jobs={stage.jobs} />
    </div>
  );
}

const UNDER_WAY: Partial<Record<StageProgress["state"], { title: string; says: string; go: string }>> = {
  waiting: {
    title: "A request of this stage waits for a second person",
    says: "Nothing runs before it is approved. The person who asked may withdraw it.",
    go: "Open the request",
  },
  approved: {
    title: "A job of this stage is approved and waits to be started",
    says: "The person who asked for it starts it.",
    go: "Open the job",
  },
  queued: {
    title: "A job of this stage is queued",
    says: "The runner takes it up next.",
    go: "Open the job",
  },
  running: {
    title: "A job of this stage is running",
    says: "Its steps, calls and output can be followed live.",
    go: "Follow it",
  },
  by_hand: {
    title: "A job of this stage waits for a step by hand",
    says: "It goes on when the person whom the step is for has attested it.",
    go: "Open the job",
  },
  unknown: {
    title: "The outcome of this stage's last job is unknown",
    says: "Nothing is tried again until two people have settled what happened.",
    go: "Settle it",
  },
};

function isUnderWay(progress: StageProgress | null): boolean {
  return progress !== null && progress.jobId !== null && UNDER_WAY[progress.state] !== undefined;
}

function UnderWay({ progress }: { progress: StageProgress | null }) {
  const words = progress === null ? undefined : UNDER_WAY[progress.state];
  if (progress === null || progress.jobId === null || words === undefined) return null;
  const kind = progress.state === "queued" || progress.state === "running" ? "info" : "warning";
  return (
    <Notice
      kind={kind}
      title={words.title}
      action={
        <ButtonLink size="sm" href={`/jobs/${progress.jobId}`}>
          {words.go}
        </ButtonLink>
      }
    >
      {words.says}
    </Notice>
  );
}

type StageTextProps = { parts: readonly StagePart[]; operations: Operations; known: KnownValues };

function StageText({ parts, operations, known }: StageTextProps) {
  return (
    <div className="grid gap-4">
      {parts.map((part, at) =>
        part.kind === "prose" ? (
          <Prose key={at} markdown={part.markdown} under="stage" />
        ) : part.kind === "block" ? (
          <BlockSteps key={part.block.id} block={part.block} operations={operations} known={known} />
        ) : (
          <GateAssertions key={part.gate.id} gate={part.gate} known={known} />
        ),
      )}
    </div>
  );
}

function blockTitlesOf(parts: readonly StagePart[], known: KnownValues): Record<string, string> {
  return Object.fromEntries(
    parts.flatMap((part) =>
      part.kind === "block" ? [[part.block.id, fillKnownText(part.block.title, known)]] : [],
    ),
  );
}
