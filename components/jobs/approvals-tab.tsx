import { Person } from "#components/ui/avatar.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { DecisionsPart } from "./decisions-part.tsx";
import { StandingRecord } from "./standing-record.tsx";
import type { JobFacts } from "./job-data.ts";

function Said({ children }: { children: string }) {
  return <span className="block max-w-[70ch] whitespace-pre-wrap wrap-anywhere">{children}</span>;
}

/** Who asked, who decided, on which digest, and why. */
export function ApprovalsTab({ job }: { job: JobFacts }) {
  const { approvals, tickable } = job;
  return (
    <div className="grid gap-6">
      <KeyValueList
        rows={[
          {
            key: "Asked by",
            value: (
              <>
                <Person name={job.requester.name} />, <RelativeTime at={job.requestedAt} />
              </>
            ),
          },
          { key: "Reason", value: <Said>{job.reason}</Said> },
          { key: "Digest", value: <Mono copy>{job.digest}</Mono> },
          { key: "Plan content", value: <Mono copy>{job.contentDigest}</Mono> },
          { key: "Expires", value: <RelativeTime at={job.expiresAt} /> },
        ]}
      />
      {job.standing !== null && <StandingRecord standing={job.standing} />}
      {approvals.length === 0 ? (
        job.standing !== null ? null : job.effect === "read" ? (
          <EmptyState size="line" title="It needs no approval.">
            It only looks and changes nothing, so no second person was asked.
          </EmptyState>
        ) : (
          <EmptyState
            size="line"
            title="Nobody has decided yet."
            action={<Link href={`/approvals/${job.id}`}>Open the request</Link>}
          >
            {job.candidates.length > 0 && `Who may: ${job.candidates.map(({ name }) => name).join(", ")}.`}
          </EmptyState>
        )
      ) : (
        <ol className="grid gap-4">
          {approvals.map((one) => (
            <li key={one.personId} className="grid gap-1 rounded-md border border-line px-3 py-2.5">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <StateMark
                  state={one.decision === "approve" ? "passed" : "denied"}
                  label={one.decision === "approve" ? "Approved" : "Refused"}
                />
                <Person name={one.name} />
                <span className="text-ink-2">
                  <RelativeTime at={one.at} />
                </span>
                {one.decision === "approve" && (
                  <span className="tnum text-small text-ink-2">
                    {one.tickedCallIds.length} of {tickable.length} calls ticked
                  </span>
                )}
              </p>
              <Said>{one.reason}</Said>
            </li>
          ))}
        </ol>
      )}
      <DecisionsPart job={job} />
    </div>
  );
}
