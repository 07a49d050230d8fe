import { JobMark } from "#components/jobs/job-mark.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { HostFacts } from "./guest-data.ts";

/** Jobs of this host that somebody who did not ask for them has to sign. */
export function SignersQueue({ jobs }: Pick<HostFacts, "jobs">) {
  const waiting = jobs.filter(({ state }) => state === "awaiting_signature");
  return (
    <Section
      title="Waits for a signature"
      beside={waiting.length}
      description="Approved, and can lose data: a key of somebody who did not ask for it signs the exact bytes."
    >
      {waiting.length === 0 ? (
        <EmptyState size="line" title="Nothing.">
          What the desired state asks for beside its settings comes here once it is approved.
        </EmptyState>
      ) : (
        <ul className="grid gap-2">
          {waiting.map((job) => (
            <li key={job.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link href={`/approvals/${job.id}#sign`}>Sign job {job.number}</Link>
              <span>{job.stageTitle}</span>
              <span className="text-ink-2">
                {job.requestedBy}, <RelativeTime at={job.requestedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** Every job of this host, newest first. */
export function Jobs({ jobs }: Pick<HostFacts, "jobs">) {
  return (
    <Section
      title="What was done"
      beside={jobs.length}
      description="Each job has its plan, its approvals, its journal and what was read back."
    >
      {jobs.length === 0 ? (
        <EmptyState size="line" title="No job yet.">
          The first one comes of a preview that somebody asks for.
        </EmptyState>
      ) : (
        <ul className="grid gap-2">
          {jobs.map((job) => (
            <li key={job.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link href={`/jobs/${job.id}`}>job {job.number}</Link>
              <JobMark state={job.state} size="sm" />
              <span>{job.stageTitle}</span>
              <span className="text-ink-2">
                {job.requestedBy}, <RelativeTime at={job.requestedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  intent: "announced",
  task: "task",
  probed: "looked up",
  outcome: "outcome",
  recovered: "taken over",
};

/** What the runner wrote down before and after each call, over all jobs of this host. */
export function HostJournal({ journal }: Pick<HostFacts, "journal">) {
  if (journal.length === 0) return null;
  return (
    <Section
      title="Journal"
      beside={journal.length}
      description="Written before each call and after it. A task's number stands here before it is waited for."
    >
      <Table label="Journal of this host">
        <TableHead>
          <TableHeaderCell>Job</TableHeaderCell>
          <TableHeaderCell>Entry</TableHeaderCell>
          <TableHeaderCell>What</TableHeaderCell>
          <TableHeaderCell hideBelow="md">When</TableHeaderCell>
        </TableHead>
        <TableBody>
          {journal.map(({ jobId, number, seq, kind, callId, says, at }) => (
            <TableRow key={`${jobId}-${seq}`}>
              <TableCell>
                <Link href={`/jobs/${jobId}`}>{number}</Link>
              </TableCell>
              <TableCell>{KIND_WORDS[kind] ?? kind}</TableCell>
              <TableCell className="wrap-anywhere">
                {callId !== null && <Mono>{callId}</Mono>} {says}
              </TableCell>
              <TableCell hideBelow="md">
                <RelativeTime at={at} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
