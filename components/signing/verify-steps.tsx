import { StateMark } from "#components/ui/state-mark.tsx";
import type { OperationStep, StepVerdict } from "#server/domain/signed-operation/verify.ts";
import { STEP_TITLES } from "./step-titles.ts";

const LOOKS = {
  passed: { state: "passed", label: "Passed" },
  failed: { state: "failed", label: "Failed" },
  not_reached: { state: "locked", label: "Not reached" },
} as const;

type VerifyStepsProps = {
  steps: readonly { step: OperationStep; verdict: StepVerdict["verdict"]; says: string }[];
  /** The typed error of the step that failed. */
  error: string | null;
};

/** Each step of the locked order: green up to the one that failed. What stands behind it was not looked at. */
export function VerifySteps({ steps, error }: VerifyStepsProps) {
  return (
    <ol
      aria-label="How the signature was verified"
      className="divide-y divide-line rounded-md border border-line"
    >
      {steps.map(({ step, verdict, says }, at) => (
        <li
          key={step}
          data-step={step}
          data-verdict={verdict}
          className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-x-3 px-3 py-2 max-sm:grid-cols-1"
        >
          <StateMark state={LOOKS[verdict].state} label={LOOKS[verdict].label} size="sm" />
          <div className="min-w-0">
            <p className={verdict === "not_reached" ? "text-ink-3" : "font-medium"}>
              <span className="tnum mr-1.5">{at + 1}.</span>
              {STEP_TITLES[step]}
              {verdict === "failed" && error !== null && (
                <code className="ml-2 text-small text-bad">{error}</code>
              )}
            </p>
            {says !== "" && <p className="text-small text-ink-2 wrap-anywhere">{says}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
