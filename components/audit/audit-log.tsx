"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
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
import { type AuditFilter, isFiltered } from "#server/domain/audit/schema.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { auditHref } from "./filter-params.ts";
import { OutcomeMark } from "./outcome-mark.tsx";

type Props = { filter: AuditFilter; before: number | null };

/** Entries of the audit log, newest first; filter and page are in the address. */
export function AuditLog({ filter, before }: Props) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.audit.list.queryOptions({ filter, before }));
  return (
    <>
      <PageHeader
        title="Audit log"
        meta={`${data.size} entries. Each is bound to all before it by hashes; an export proves that without the console.`}
        actions={
          <>
            <ButtonLink href="/audit/heads">Signed heads</ButtonLink>
            <DownloadLink href={auditHref("/api/audit/export", filter)}>
              {isFiltered(filter) ? "Export these" : "Export the log"}
            </DownloadLink>
          </>
        }
      />
      <AuditFilters filter={filter} people={data.people} />
      {data.entries.length === 0 ? (
        <EmptyState glyph={<ScrollText />} title={before === null ? "No such entries" : "No older entries"}>
          Nothing in the log is what the filter asks for.
        </EmptyState>
      ) : (
        <Entries entries={data.entries} />
      )}
      <nav aria-label="Pages" className="flex justify-end gap-2 pt-4">
        {before !== null && <ButtonLink href={auditHref("/audit", filter)}>Newest</ButtonLink>}
        {data.nextBefore !== null && (
          <ButtonLink href={auditHref("/audit", filter, data.nextBefore)}>Older</ButtonLink>
        )}
      </nav>
    </>
  );
}

type Entry = {
  seq: number;
  at: Date;
  actor: { name: string };
  action: string;
  outcome: "done" | "denied" | "failed";
  objectKind: string;
  objectId: string;
};

function Entries({ entries }: { entries: readonly Entry[] }) {
  return (
    <Table label="Audit entries">
      <TableHead>
        <TableHeaderCell align="right" fit>
          No.
        </TableHeaderCell>
        <TableHeaderCell>Action</TableHeaderCell>
        <TableHeaderCell>Who</TableHeaderCell>
        <TableHeaderCell>Outcome</TableHeaderCell>
        <TableHeaderCell hideBelow="lg">About</TableHeaderCell>
        <TableHeaderCell hideBelow="md">When</TableHeaderCell>
      </TableHead>
      <TableBody>
        {entries.map((entry) => (
          <TableRow key={entry.seq}>
            <TableCell align="right" fit className="text-ink-3">
              {entry.seq}
            </TableCell>
            <TableCell>
              <RowLink href={`/audit/${entry.seq}`} prefetch={false} className="max-md:whitespace-normal!">
                {entry.action}
              </RowLink>
            </TableCell>
            <TableCell className="wrap-anywhere">{entry.actor.name}</TableCell>
            <TableCell>
              <OutcomeMark outcome={entry.outcome} />
            </TableCell>
            <TableCell hideBelow="lg" className="wrap-anywhere text-ink-2">
              {entry.objectKind === "none" ? "" : `${entry.objectKind} ${entry.objectId.slice(0, 8)}`}
            </TableCell>
            <TableCell hideBelow="md" className="text-ink-2">
              <RelativeTime at={entry.at} focusable={false} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
