import { JobMark } from "#components/jobs/job-mark.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import {
  RowLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeaderCell,
  TableRow,
} from "#components/ui/table.tsx";
import type { Effect } from "#server/domain/plan/states.ts";
import type { JobState } from "#server/domain/job/states.ts";

export type StageJobRow = {
  id: string;
  number: number;
  state: JobState;
  effect: Effect;
  requestedBy: string;
  requestedAt: Date;
  finishedAt: Date | null;
  outcomeSays: string | null;
};

/** The latest jobs of one stage of one tenant. */
export function StageJobs({ jobs }: { jobs: readonly StageJobRow[] }) {
  return (
    <Section title="Jobs of this stage" beside={jobs.length === 0 ? undefined : jobs.length}>
      {jobs.length === 0 ? (
        <EmptyState size="line" title="None yet.">
          A preview that is requested or run becomes a job, with its approvals, output and evidence.
        </EmptyState>
      ) : (
        <Table label="Jobs of this stage">
          <TableHead>
            <TableHeaderCell fit>Job</TableHeaderCell>
            <TableHeaderCell>State</TableHeaderCell>
            <TableHeaderCell fit hideBelow="md">
              Effect
            </TableHeaderCell>
            <TableHeaderCell fit hideBelow="md">
              Asked by
            </TableHeaderCell>
            <TableHeaderCell fit align="right">
              When
            </TableHeaderCell>
          </TableHead>
          <TableBody>
            {jobs.map((job) => (
              <TableRow key={job.id}>
                <TableCell fit>
                  <RowLink href={`/jobs/${job.id}`} className="tnum">
                    {job.number}
                  </RowLink>
                </TableCell>
                <TableCell>
                  <JobMark state={job.state} size="sm" />
                  {job.outcomeSays !== null && job.state !== "succeeded" && (
                    <span className="block text-small text-ink-2">{job.outcomeSays}</span>
                  )}
                </TableCell>
                <TableCell fit hideBelow="md">
                  <EffectBadge effect={job.effect} />
                </TableCell>
                <TableCell fit hideBelow="md">
                  <Person name={job.requestedBy} />
                </TableCell>
                <TableCell fit align="right" className="text-ink-2">
                  <RelativeTime at={job.finishedAt ?? job.requestedAt} focusable={false} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}
