import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";

export type GateVerdictFacts = {
  jobId: string;
  passed: boolean;
  at: Date;
  assertions: readonly {
    that: string;
    says: string;
    advice: string;
    expected: string;
    observed: string;
    passed: boolean;
  }[];
};

function Seen({ label, value, differs }: { label: string; value: string; differs: boolean }) {
  return (
    <div className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-2 text-small">
      <dt className="text-ink-3">{label}</dt>
      <dd className={`font-mono wrap-anywhere ${differs ? "text-bad" : "text-ink-2"}`}>{value}</dd>
    </div>
  );
}

function countWords({ assertions }: GateVerdictFacts): string {
  const held = assertions.filter(({ passed }) => passed).length;
  return `${held} of ${assertions.length} hold`;
}

/** The newest verdict of a stage's gate: every assertion, what was expected beside what was observed. */
export function GateVerdict({ verdict }: { verdict: GateVerdictFacts }) {
  return (
    <Section
      title="Gate verdict"
      beside={
        <StateMark
          state={verdict.passed ? "passed" : "failed"}
          label={`${verdict.passed ? "Passed" : "Failed"}: ${countWords(verdict)}`}
          size="sm"
        />
      }
      actions={
        <span className="text-small text-ink-2">
          <RelativeTime at={verdict.at} />, <Link href={`/jobs/${verdict.jobId}`}>evidence</Link>
        </span>
      }
    >
      <ol>
        {verdict.assertions.map((one) => (
          <li
            key={one.that}
            className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 border-b border-line py-2 last:border-b-0"
          >
            <span className="flex h-lh items-center">
              <StateMark state={one.passed ? "passed" : "failed"} iconOnly size="sm" />
            </span>
            <div className="grid min-w-0 gap-x-4 gap-y-1 lg:grid-cols-2">
              <div>
                <p className={one.passed ? undefined : "font-medium"}>{one.says}</p>
                {!one.passed && <p className="text-ink-2">{one.advice}</p>}
              </div>
              <dl className="grid content-start gap-0.5">
                <Seen label="Expected" value={one.expected} differs={false} />
                <Seen label="Observed" value={one.observed} differs={!one.passed} />
              </dl>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
