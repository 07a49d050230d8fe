"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { BookText } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Mono } from "#components/ui/mono.tsx";
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

/** Published runbooks, the newest version of each. */
export function RunbookList() {
  const trpc = useTRPC();
  const {
    data: { runbooks },
  } = useSuspenseQuery(trpc.runbooks.list.queryOptions({}));
  return (
    <>
      <PageHeader
        title="Runbooks"
        meta="Documents whose blocks the runner carries out. A published version never changes; a run points to one."
      />
      {runbooks.length === 0 ? (
        <EmptyState glyph={<BookText />} title="No runbook is published yet">
          The runner publishes the documents of its folder when it starts, after it has checked every block.
        </EmptyState>
      ) : (
        <Table label="Runbooks">
          <TableHead>
            <TableHeaderCell>Title</TableHeaderCell>
            <TableHeaderCell hideBelow="md">Content hash</TableHeaderCell>
            <TableHeaderCell fit align="right">
              Published
            </TableHeaderCell>
          </TableHead>
          <TableBody>
            {runbooks.map((runbook) => (
              <TableRow key={runbook.slug}>
                <TableCell>
                  <RowLink href={`/runbooks/${runbook.slug}`}>{runbook.title}</RowLink>
                  <span className="block font-mono text-small text-ink-3">{runbook.slug}</span>
                </TableCell>
                <TableCell hideBelow="md">
                  <Mono head={19}>{runbook.contentHash}</Mono>
                </TableCell>
                <TableCell fit align="right" className="text-ink-2">
                  <RelativeTime at={runbook.publishedAt} focusable={false} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}
