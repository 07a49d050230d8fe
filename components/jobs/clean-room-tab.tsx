import { Code } from "#components/ui/code.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { IDENTITY_WORDS } from "#server/domain/plan/states.ts";
import type { JobFacts } from "./job-data.ts";

const MARKS = {
  tenant: { state: "passed", label: "Tenant's own" },
  needed: { state: "already_so", label: "Operator needed" },
  avoidable: { state: "failed", label: "Operator avoidable" },
} as const;

/** Each call of the run with its identity, and whether an operator's was used where a tenant's would do. */
export function CleanRoomTab({ job }: { job: JobFacts }) {
  const { calls, operator, avoidable } = job.cleanRoom;
  if (calls.length === 0) {
    return (
      <EmptyState title="No calls">
        This plan looks at nothing and sends nothing, so no identity is used.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-4">
      <Notice
        kind={avoidable === 0 ? "ok" : "warning"}
        title={
          avoidable === 0
            ? "No operator identity where a tenant's would do"
            : `An operator identity was used ${avoidable} times where a tenant's would do`
        }
      >
        {calls.length} calls and reads{job.startedAt === null ? " planned" : ""}, {operator} as an operator.
        Judged by what OpenStack&apos;s default policies leave to an operator alone.
      </Notice>
      <Table label="Calls by identity">
        <TableHead>
          <TableHeaderCell>Call</TableHeaderCell>
          <TableHeaderCell>Identity</TableHeaderCell>
          <TableHeaderCell>Verdict</TableHeaderCell>
          <TableHeaderCell hideBelow="lg">Why</TableHeaderCell>
        </TableHead>
        <TableBody>
          {calls.map((call, at) => (
            <TableRow key={`${call.stepId} ${at}`}>
              <TableCell className="wrap-anywhere">
                <Code>
                  {call.method} {call.path}
                </Code>{" "}
                <span className="text-small text-ink-3">{call.service}</span>
              </TableCell>
              <TableCell>{IDENTITY_WORDS[call.identity]}</TableCell>
              <TableCell>
                <StateMark {...MARKS[call.verdict]} size="sm" />
              </TableCell>
              <TableCell hideBelow="lg" className="text-ink-2">
                {call.says}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
