import { EmptyState } from "#components/ui/empty-state.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { JournalKind } from "#server/domain/job/states.ts";
import type { JobFacts } from "./job-data.ts";

const WORDS: Record<JournalKind, string> = {
  claimed: "A runner took it",
  replanned: "Planned again and compared",
  consumed: "The approval was spent",
  step_started: "Step started",
  halted: "Waits for a person",
  attested: "A person said what was done",
  intent: "About to send",
  task: "The task that carries it out",
  outcome: "What came of it",
  probed: "A lost answer was looked up",
  sealed: "A secret was sealed",
  read_back: "Read back",
  step_finished: "Step finished",
  gate: "Gate judged",
  recovered: "Taken over after a break",
  finished: "Ended",
};

/** The write-ahead record: what was about to be sent before it was sent, and what came of it. */
export function JournalTab({ job }: { job: JobFacts }) {
  if (job.journal.length === 0) {
    return (
      <EmptyState title="Nothing is written down yet">
        Before each call the runner writes down what it is about to send, and after it what came back. That is
        how a broken run is put together again without sending anything twice.
      </EmptyState>
    );
  }
  return (
    <Table label={`Journal of job ${job.number}`}>
      <TableHead>
        <TableHeaderCell align="right" fit>
          No.
        </TableHeaderCell>
        <TableHeaderCell>What</TableHeaderCell>
        <TableHeaderCell>Step or call</TableHeaderCell>
        <TableHeaderCell>Record</TableHeaderCell>
        <TableHeaderCell fit>When</TableHeaderCell>
      </TableHead>
      <TableBody>
        {job.journal.map((entry) => (
          <TableRow key={entry.seq}>
            <TableCell align="right" fit className="align-top! text-ink-3">
              {entry.seq}
            </TableCell>
            <TableCell className="align-top! whitespace-nowrap">{WORDS[entry.kind]}</TableCell>
            <TableCell className="align-top! font-mono text-small">
              {entry.callId ?? entry.stepId ?? ""}
            </TableCell>
            <TableCell className="min-w-32 align-top!">
              {isEmpty(entry.body) ? null : (
                <details>
                  <summary className="rounded-sm text-ink-2 hover:text-ink">Show</summary>
                  <div className="pt-1">
                    <JsonView value={entry.body} title={`Entry ${entry.seq}`} hideTitle maxHeight={280} />
                  </div>
                </details>
              )}
            </TableCell>
            <TableCell fit className="align-top! text-ink-2">
              <RelativeTime at={entry.at} focusable={false} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function isEmpty(body: JobFacts["journal"][number]["body"]): boolean {
  return body === null || (typeof body === "object" && Object.keys(body).length === 0);
}
