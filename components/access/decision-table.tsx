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
import { type DecisionRow, decisionHref } from "./access-data.ts";
import { EffectMark } from "./effect-mark.tsx";

type Row = Pick<DecisionRow, "seq" | "decisionId" | "subject" | "effect" | "reason" | "at"> &
  Partial<DecisionRow>;

/** Decisions, newest first; each leads to its inputs. */
export function DecisionTable({ rows, label }: { rows: readonly Row[]; label: string }) {
  return (
    <Table label={label}>
      <TableHead>
        <TableHeaderCell>Decision</TableHeaderCell>
        <TableHeaderCell>Effect</TableHeaderCell>
        <TableHeaderCell>Reason</TableHeaderCell>
        <TableHeaderCell>Subject</TableHeaderCell>
        <TableHeaderCell hideBelow="lg">Resource</TableHeaderCell>
        <TableHeaderCell hideBelow="lg">Asked by</TableHeaderCell>
        <TableHeaderCell hideBelow="md">When</TableHeaderCell>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.seq}>
            <TableCell>
              <RowLink href={decisionHref(row.decisionId)} className="font-mono text-small">
                {row.decisionId}
              </RowLink>
            </TableCell>
            <TableCell>
              <EffectMark effect={row.effect} />
            </TableCell>
            <TableCell className="font-mono text-small">{row.reason}</TableCell>
            <TableCell>{row.subject}</TableCell>
            <TableCell hideBelow="lg">{row.resource}</TableCell>
            <TableCell hideBelow="lg">
              {row.asker === "service" ? "a caller of the service" : "the console"}
            </TableCell>
            <TableCell hideBelow="md">
              <RelativeTime at={row.at} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
