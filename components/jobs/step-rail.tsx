import { Duration } from "#components/ui/duration.tsx";
import { type MarkedState, StateMark } from "#components/ui/state-mark.tsx";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { IDENTITY_WORDS } from "#server/domain/plan/states.ts";
import type { JobFacts } from "./job-data.ts";

type StepState = JobFacts["steps"][number];

function markOf(
  step: PlannedStep,
  { state }: Pick<StepState, "state">,
  job: JobFacts,
): { state: MarkedState; label: string } {
  switch (state) {
    case "running":
      return { state: "running", label: "Running" };
    case "stopped":
      return job.state === "outcome_unknown"
        ? { state: "unknown_outcome", label: "Outcome unknown" }
        : job.state === "cancelled"
          ? { state: "cancelled", label: "Cancelled here" }
          : { state: "failed", label: "Stopped here" };
    case "pending":
      return step.disposition === "skipped"
        ? { state: "cancelled", label: "Skipped" }
        : { state: "never_run", label: "Not started" };
    case "done": {
      const failed = job.evidence.some(
        ({ stepId, expectations }) => stepId === step.id && expectations.some(({ passed }) => !passed),
      );
      if (failed) return { state: "failed", label: "Not as expected" };
      return step.disposition === "already_so"
        ? { state: "already_so", label: "Already so" }
        : { state: "passed", label: "Done" };
    }
  }
}

function Took({ step }: { step: StepState }) {
  if (step.startedAt === null) return null;
  if (step.finishedAt !== null) return <Duration ms={step.finishedAt.getTime() - step.startedAt.getTime()} />;
  return step.state === "running" ? <Duration since={step.startedAt} /> : null;
}

type StepRailProps = {
  job: JobFacts;
  /** The first line that a step wrote, where it is known. */
  lineOf: (stepId: string) => number | null;
  onLine: (line: number) => void;
};

/** The steps in order with state and duration; one that has written something leads to its first line. */
export function StepRail({ job, lineOf, onLine }: StepRailProps) {
  return (
    <ol aria-label="Steps" className="overflow-hidden rounded-md border border-line">
      {job.plan.steps.map((step, at) => {
        const state = job.steps[at] ?? { id: step.id, state: "pending", startedAt: null, finishedAt: null };
        const mark = markOf(step, state, job);
        const line = lineOf(step.id);
        const face = (
          <>
            <span className="flex h-lh items-center">
              <StateMark state={mark.state} label={mark.label} iconOnly />
            </span>
            <span className="min-w-0 flex-1">
              <span className="block wrap-anywhere">{step.words.title}</span>
              <span className="block text-small text-ink-3">{IDENTITY_WORDS[step.identity]}</span>
            </span>
            <span className="text-small text-ink-2">
              <Took step={state} />
            </span>
          </>
        );
        const look = "flex w-full items-start gap-2 px-3 py-2 text-left";
        return (
          <li
            key={step.id}
            className="border-b border-line last:border-b-0"
            aria-current={state.state === "running" ? "step" : undefined}
          >
            {line === null ? (
              <div className={look}>{face}</div>
            ) : (
              <button
                type="button"
                data-hint={`Show its output from line ${line}`}
                onClick={() => onLine(line)}
                className={`${look} focus-inset hover:bg-hover`}
              >
                {face}
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}
