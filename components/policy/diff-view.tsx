import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { Analysis } from "./policy-data.ts";

const CHANGES = {
  added: { word: "new", tone: "accent" },
  changed: { word: "changed", tone: "wait" },
  same: { word: "same", tone: "neutral" },
} as const;

/** Each rule of the override beside the one in force, and what its fall-through keeps, drops and adds. */
export function DiffView({ diff }: { diff: Analysis["diff"] }) {
  const { counts, rows } = diff;
  return (
    <Section
      title="Beside the policy in force"
      beside={`${counts.override} rules: ${counts.added} new, ${counts.changed} changed, ${counts.same} same; ${counts.effective} in force with it`}
    >
      {rows.length === 0 ? (
        <EmptyState size="line" title="The override holds no rule.">
          Everything stays as it is.
        </EmptyState>
      ) : (
        <Table label="Rules of the override beside the policy in force" maxHeight="60vh">
          <TableHead>
            <TableHeaderCell>Line</TableHeaderCell>
            <TableHeaderCell>Rule</TableHeaderCell>
            <TableHeaderCell>In force</TableHeaderCell>
            <TableHeaderCell>Alternatives</TableHeaderCell>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <TableRow key={row.rule}>
                <TableCell align="right" className="align-top">
                  {row.line}
                </TableCell>
                <TableCell className="min-w-52 align-top">
                  <span className="grid gap-1">
                    <span className="font-mono text-small wrap-anywhere">{row.rule}</span>
                    <span>
                      <Badge tone={CHANGES[row.change].tone}>{CHANGES[row.change].word}</Badge>
                    </span>
                  </span>
                </TableCell>
                <TableCell className="min-w-64 align-top font-mono text-small wrap-anywhere">
                  {row.live ?? <span className="font-sans text-ink-3">No such rule</span>}
                </TableCell>
                <TableCell className="min-w-80 align-top">
                  <Alternatives word="keeps" parts={row.kept} />
                  <Alternatives word="drops" parts={row.dropped} />
                  <Alternatives word="adds" parts={row.added} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}

function Alternatives({ word, parts }: { word: string; parts: readonly string[] }) {
  if (parts.length === 0) return null;
  return (
    <ul aria-label={word} className="grid gap-0.5">
      {parts.map((part) => (
        <li key={part} className="flex gap-2 text-small">
          <span className="w-12 shrink-0 text-ink-3">{word}</span>
          <span className="min-w-0 font-mono wrap-anywhere">{part}</span>
        </li>
      ))}
    </ul>
  );
}
