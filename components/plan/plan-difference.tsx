import { ArrowRight } from "lucide-react";
import { JsonView } from "#components/ui/json-view.tsx";
import { ReferenceText } from "#components/ui/reference-text.tsx";
import type { Json } from "#server/domain/canonical/json.ts";
import type { PlanDifference as Difference } from "#server/domain/plan/diff.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { describeDifference } from "./difference-words.ts";

function Side({ word, value, title }: { word: string; value: Json; title: string }) {
  const scalar = value === null || typeof value !== "object";
  return (
    <div className="min-w-0">
      <span className="sr-only">{word}: </span>
      {value === null ? (
        <span className="italic">nothing</span>
      ) : scalar ? (
        <span className="font-mono text-small wrap-anywhere">
          <ReferenceText>{String(value)}</ReferenceText>
        </span>
      ) : (
        <JsonView value={value} title={`${title}, ${word}`} hideTitle maxHeight={200} copy={false} />
      )}
    </div>
  );
}

type PlanDifferenceListProps = {
  differences: readonly Difference[];
  /** The plan that the paths point into: the one a person has read. */
  plan: StagePlan;
  beforeLabel: string;
  afterLabel: string;
};

/** What differs between two plans, one fact a row, in words of the plan. */
export function PlanDifference({ differences, plan, beforeLabel, afterLabel }: PlanDifferenceListProps) {
  return (
    <div
      className="overflow-hidden rounded-md border border-line"
      role="group"
      aria-label={`${beforeLabel} beside ${afterLabel}`}
    >
      <div className="grid grid-cols-[minmax(0,1fr)_1rem_minmax(0,1fr)] gap-2 border-b border-line bg-canvas px-3 py-1.5 text-small text-ink-2">
        <span>{beforeLabel}</span>
        <span />
        <span>{afterLabel}</span>
      </div>
      <ul>
        {differences.map(({ path, before, after }) => {
          const { where, what } = describeDifference(path, plan);
          return (
            <li key={path} className="border-b border-line px-3 py-2 last:border-b-0">
              <p className="wrap-anywhere">
                <span className="font-medium">{where}</span> <span className="text-ink-2">{what}</span>
              </p>
              <div className="mt-1 grid grid-cols-[minmax(0,1fr)_1rem_minmax(0,1fr)] items-start gap-2">
                <div className="rounded-sm bg-bad-soft px-2 py-1 text-bad">
                  <Side word={beforeLabel} value={before} title={what} />
                </div>
                <ArrowRight aria-hidden="true" className="mt-1.5 size-4 text-ink-3" />
                <div className="rounded-sm bg-ok-soft px-2 py-1 text-ok">
                  <Side word={afterLabel} value={after} title={what} />
                </div>
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
