"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { boardHref } from "#components/registers/board/list-params.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import {
  RowLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeaderCell,
  TableRow,
} from "#components/ui/table.tsx";
import { type ListedCheck, markOf } from "./check-data.ts";
import { FreshnessBar } from "./freshness-bar.tsx";

function LastResult({ check: { result, standing } }: { check: ListedCheck }) {
  if (result !== null) {
    return (
      <>
        <RelativeTime at={result.at} /> by {result.by}
      </>
    );
  }
  if (standing.lastRunAt === null) return <span className="text-ink-3">none yet</span>;
  return (
    <>
      ran <RelativeTime at={standing.lastRunAt} />, not judged
    </>
  );
}

/** Every check of the registers: what it said last, and how much that still says. */
export function CheckList() {
  const trpc = useTRPC();
  const { checks, isWhole } = useSuspenseQuery(trpc.checks.list.queryOptions({})).data;
  return (
    <>
      <PageHeader
        title="Checks"
        meta="Read-only questions to the live cloud. One runs without approval while two people attest exactly its text, its host and its account."
      />
      {checks.length === 0 ? (
        <EmptyState title="No check is on the registers">
          A V item of an imported handoff register is a check. Import a register whose section 2 holds one,
          with a CHECK block and the host that it runs on.
        </EmptyState>
      ) : (
        <Table label="Checks">
          <TableHead>
            <TableHeaderCell>Check</TableHeaderCell>
            <TableHeaderCell fit>State</TableHeaderCell>
            <TableHeaderCell hideBelow="md" fit>
              Freshness
            </TableHeaderCell>
            <TableHeaderCell hideBelow="lg" fit>
              Last result
            </TableHeaderCell>
            <TableHeaderCell hideBelow="lg" fit>
              Owner
            </TableHeaderCell>
          </TableHead>
          <TableBody>
            {checks.map((check) => (
              <TableRow key={check.id}>
                <TableCell>
                  <span className="grid gap-0.5 py-0.5">
                    <RowLink href={`/registers/checks/${check.id}`}>{check.code}</RowLink>
                    <span className="wrap-anywhere text-ink-2">{check.title}</span>
                    {!check.hasBlock && (
                      <span className="text-small text-ink-3">no CHECK block: by attestation</span>
                    )}
                  </span>
                </TableCell>
                <TableCell fit>
                  {check.runId === null ? (
                    <StateMark {...markOf(check)} size="sm" />
                  ) : (
                    <StateMark state="running" size="sm" />
                  )}
                </TableCell>
                <TableCell hideBelow="md" fit>
                  <FreshnessBar standing={check.standing} />
                </TableCell>
                <TableCell hideBelow="lg" fit className="text-ink-2">
                  <LastResult check={check} />
                </TableCell>
                <TableCell hideBelow="lg" fit className="text-ink-2">
                  {check.owner ?? <span className="text-ink-3">nobody</span>}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {!isWhole && (
        <p className="pt-3 text-ink-2">
          These are the first {checks.length}. <Link href={boardHref({ kind: ["V"] })}>All checks</Link> stand
          on the board.
        </p>
      )}
    </>
  );
}
