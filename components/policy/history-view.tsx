import { EmptyState } from "#components/ui/empty-state.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import {
  RowLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeaderCell,
  TableRow,
} from "#components/ui/table.tsx";
import type { PolicyFacts } from "./policy-data.ts";
import { policyHref, type PolicyParams } from "./policy-params.ts";

/** Who saved what when. Each stays as it was saved. */
export function HistoryView({ policy, params }: { policy: PolicyFacts; params: PolicyParams }) {
  if (policy.history.length === 0) {
    return (
      <EmptyState size="line" title="Nothing is saved yet.">
        Each save is a revision with its writer. The newest is what is delivered.
      </EmptyState>
    );
  }
  return (
    <Table label="Revisions">
      <TableHead>
        <TableHeaderCell>Revision</TableHeaderCell>
        <TableHeaderCell>Saved</TableHeaderCell>
        <TableHeaderCell>By</TableHeaderCell>
        <TableHeaderCell>Note</TableHeaderCell>
        <TableHeaderCell>SHA-256</TableHeaderCell>
      </TableHead>
      <TableBody>
        {policy.history.map(({ number, at, by, note, digest }) => (
          <TableRow key={number} selected={number === policy.number}>
            <TableCell fit>
              <RowLink href={policyHref({ cloudId: params.cloudId, number })}>Revision {number}</RowLink>
            </TableCell>
            <TableCell fit>
              <RelativeTime at={at} />
            </TableCell>
            <TableCell fit>{by}</TableCell>
            <TableCell className="min-w-40">{note}</TableCell>
            <TableCell fit>
              <Mono head={12}>{digest}</Mono>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
