import { EmptyState } from "#components/ui/empty-state.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { JobFacts } from "./job-data.ts";

const ACTION_TITLES: ReadonlyMap<string, string> = new Map([
  ["job.request", "To ask for it"],
  ["job.run_read", "To run it"],
  ["job.approve", "To approve it"],
  ["job.sign", "To hand in the signature"],
  ["job.break_glass", "To let it go in an emergency"],
  ["job.use_standing", "To go on under a standing approval"],
  ["job.start", "To start it once approved"],
  ["job.execute", "To let the runner begin"],
]);

/** What was decided about the job and under which rules; each stood on record before it was used. */
export function DecisionsPart({ job }: { job: JobFacts }) {
  return (
    <Section title="Decisions">
      {job.decisions.length === 0 ? (
        <EmptyState size="line" title="No decision is on record.">
          Each step that lets a job go on is decided and written down first. This job has none.
        </EmptyState>
      ) : (
        <ol className="grid gap-3">
          {job.decisions.map(({ seq, id, action, effect, reason, envelope, at }) => (
            <li key={seq} className="grid gap-1 rounded-md border border-line px-3 py-2.5">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <StateMark
                  state={effect === "allow" ? "passed" : "denied"}
                  label={effect === "allow" ? "Allowed" : "Denied"}
                />
                <span>{ACTION_TITLES.get(action) ?? action}</span>
                <span className="text-ink-2">
                  <RelativeTime at={at} />
                </span>
              </p>
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-small text-ink-2">
                <Mono copy>{id}</Mono>
                <span>
                  because of <Mono>{reason}</Mono>
                </span>
                <span>
                  under <Mono>{envelope.matched_policy_version}</Mono>
                </span>
              </p>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
