import { Button } from "#components/ui/button.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { EngineTrial } from "./certificate-data.ts";

const MARKS = {
  requested: { state: "running", label: "The runner tries it" },
  passed: { state: "passed", label: "Passed" },
  failed: { state: "failed", label: "Failed" },
} as const;

/** What came of trying engines out, the latest first. `cannot`: why this person may not ask for one. */
export function EngineTrials({
  trials,
  cannot,
  onAsk,
}: {
  trials: readonly EngineTrial[];
  cannot: string | null;
  onAsk: (trial: EngineTrial) => void;
}) {
  if (trials.length === 0) return null;
  return (
    <Section title="Trials" beside={trials.length}>
      <ul aria-label="Trials" className="grid gap-3">
        {trials.map((trial, at) => (
          <li key={trial.id} className="grid gap-1 border-b border-line pb-3">
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <StateMark {...MARKS[trial.state]} size="sm" />
              <Mono>{`${trial.engine.addr}/v1/${trial.engine.mount}`}</Mono>
              <span className="text-small text-ink-2">
                <RelativeTime at={trial.requestedAt} />, {trial.requestedBy}
              </span>
              {at === 0 && trial.state === "passed" && (
                <Button size="sm" disabledReason={cannot} onClick={() => onAsk(trial)}>
                  Let it sign
                </Button>
              )}
            </span>
            {trial.findings.map((finding) => (
              <span key={finding} className="text-small wrap-anywhere text-ink-2">
                {finding}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}
