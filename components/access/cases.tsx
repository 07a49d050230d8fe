import { StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { CaseRow } from "./access-data.ts";

/** `24 of 24 pass`. */
export function passing(cases: readonly CaseRow[]): string {
  return `${cases.filter(({ isPassing }) => isPassing).length} of ${cases.length} pass`;
}

/** What a package has to answer, and what it answers. */
export function Cases({ cases }: { cases: readonly CaseRow[] }) {
  return (
    <Table label="Fixtures and tests" maxHeight="26rem">
      <TableHead>
        <TableHeaderCell>Case</TableHeaderCell>
        <TableHeaderCell>State</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Has to be</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Is</TableHeaderCell>
      </TableHead>
      <TableBody>
        {cases.map(({ name, isPassing, expected, observed }) => (
          <TableRow key={name}>
            <TableCell>{name}</TableCell>
            <TableCell>
              <StateMark state={isPassing ? "passed" : "failed"} size="sm" />
            </TableCell>
            <TableCell hideBelow="md" className="font-mono text-small">
              {expected}
            </TableCell>
            <TableCell hideBelow="md" className="font-mono text-small">
              {observed}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
