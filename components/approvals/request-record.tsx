import type { JobFacts } from "#components/jobs/job-data.ts";
import { Person } from "#components/ui/avatar.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

/** Who may decide, exactly what is decided about, and until when. */
export function RequestRecord({ job }: { job: JobFacts }) {
  const digest = { key: "Digest", value: <Mono copy>{job.digest}</Mono> };
  if (job.state !== "awaiting_approval") return <KeyValueList rows={[digest]} />;
  return (
    <KeyValueList
      rows={[
        {
          key: "Who may decide",
          value:
            job.candidates.length === 0 ? (
              "Nobody: no reviewer other than the requester can sign in. An admin has to add one."
            ) : (
              <span className="flex flex-wrap gap-x-4 gap-y-1">
                {job.candidates.map(({ id, name }) => (
                  <Person key={id} name={name} />
                ))}
              </span>
            ),
        },
        {
          key: "What it needs",
          value: (
            <ul>
              {job.needs.map((line) => (
                <li key={line}>{line}</li>
              ))}
              {job.quorum.needed > 1 && (
                <li>
                  {job.quorum.given} of {job.quorum.needed} have approved it.
                </li>
              )}
            </ul>
          ),
        },
        digest,
        {
          key: "Expires",
          value: (
            <>
              <RelativeTime at={job.expiresAt} />
              <span className="text-ink-3">, then it has to be asked for again</span>
            </>
          ),
        },
        {
          key: "After approval",
          value: job.startsOnApproval
            ? "It runs at once."
            : `It waits for ${job.requester.name} to start it.`,
        },
      ]}
    />
  );
}
