import { UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { RemovalOrder } from "#components/removal/removal-order.tsx";
import { ManualStep } from "#components/hand/manual-step.tsx";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { ReferenceText } from "#components/ui/reference-text.tsx";
import { VisibleText } from "#components/ui/visible-text.tsx";
import type { PlannedCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { IDENTITY_WORDS } from "#server/domain/plan/states.ts";
import { DispositionMark } from "./disposition-mark.tsx";
import { PlanCall } from "./plan-call.tsx";
import { ShellStep } from "./shell-step.tsx";
import { groupSteps } from "./step-groups.ts";

type PlanStepsProps = {
  /** Which plan it is, where a page shows several: `stage 2`. */
  of?: string;
  steps: readonly PlannedStep[];
  /** Stands before a call's line: the box that a reviewer ticks. */
  leadOf?: (call: PlannedCall, step: PlannedStep) => ReactNode;
  /** Titles of blocks by id, where the runbook is at hand. */
  blockTitles?: Readonly<Record<string, string>>;
};

function Reads({ step }: { step: PlannedStep }) {
  const { reads } = step.words;
  if (reads.length === 0) return null;
  return (
    <details className="text-small text-ink-2">
      <summary className="inline-block rounded-sm hover:text-ink">
        {step.disposition === "read" || step.disposition === "already_so"
          ? "Reads made as this identity"
          : "Looked at for this plan"}{" "}
        <span className="tnum text-ink-3">{reads.length}</span>
      </summary>
      <ul className="grid gap-0.5 pt-1 pl-4 font-mono wrap-anywhere">
        {reads.map((read, at) => (
          <li key={at}>
            GET <span className="text-ink-3">{read.service}</span> <ReferenceText>{read.path}</ReferenceText>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Removes({ step }: { step: PlannedStep }) {
  const { removes } = step.words;
  if (removes === undefined || removes.length === 0) return null;
  return (
    <details className="text-small" open={step.calls.length === 0}>
      <summary className="inline-block rounded-sm text-ink-2 hover:text-ink">
        In this order, and why <span className="tnum text-ink-3">{removes.length}</span>
      </summary>
      <div className="pt-2">
        <RemovalOrder rows={removes} label={`${step.words.title}: the order`} />
      </div>
    </details>
  );
}

function Step({
  step,
  number,
  leadOf,
}: { step: PlannedStep; number: number } & Pick<PlanStepsProps, "leadOf">) {
  return (
    <li className="grid gap-1 border-b border-line py-3 last:border-b-0" data-step={step.id}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="tnum w-5 text-right text-small text-ink-3">{number}</span>
        <h4 className="min-w-0 flex-1 basis-52 font-medium">
          <VisibleText>{step.words.title}</VisibleText>
        </h4>
        <DispositionMark disposition={step.disposition} />
        <EffectBadge effect={step.effect} />
      </div>
      <div className="grid gap-1 sm:pl-8">
        <p className="max-w-[70ch] text-ink-2">
          <ReferenceText>{step.words.says}</ReferenceText>
        </p>
        <Removes step={step} />
        {step.generates.length > 0 && (
          <p className="text-small text-ink-2">
            Generates and seals {step.generates.join(", ")}. Nobody sees the value.
          </p>
        )}
        {step.identity === "person" && <ManualStep stepId={step.id} parameters={step.parameters} />}
        {step.identity === "host-account" && <ShellStep step={step} />}
        {step.calls.length > 0 && (
          <div>
            {step.calls.map((call) => (
              <PlanCall key={call.id} call={call} revert={step.words.revert} lead={leadOf?.(call, step)} />
            ))}
          </div>
        )}
        {step.disposition === "apply" && step.words.revert !== null && (
          <p className="text-small text-ink-2">
            <span className="text-ink-3">To undo it:</span> <VisibleText>{step.words.revert}</VisibleText>
          </p>
        )}
        <Reads step={step} />
      </div>
    </li>
  );
}

/** Every step of a plan in order, under the identity that it runs as, with each call it will send. */
export function PlanSteps({ of, steps, leadOf, blockTitles = {} }: PlanStepsProps) {
  return (
    <div className="grid gap-5">
      {groupSteps(steps).map((group) => (
        <section
          key={`${group.blockId} ${group.from}`}
          aria-label={`Steps from ${group.from}${of === undefined ? "" : ` of ${of}`}, as ${IDENTITY_WORDS[group.identity].toLowerCase()}`}
        >
          <header className="flex flex-wrap items-center gap-x-3 gap-y-0.5 rounded-md bg-sunken px-3 py-1.5">
            <h3 className="flex items-center gap-1.5 font-medium">
              <UserRound aria-hidden="true" className="size-4 text-ink-3" />
              As {IDENTITY_WORDS[group.identity].toLowerCase()}
            </h3>
            <span className="min-w-0 text-small text-ink-2 wrap-anywhere">
              {blockTitles[group.blockId] ?? <span className="font-mono">{group.blockId}</span>}
            </span>
          </header>
          <ol>
            {group.steps.map((step, at) => (
              <Step
                key={step.id}
                step={step}
                number={group.from + at}
                {...(leadOf === undefined ? {} : { leadOf })}
              />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
