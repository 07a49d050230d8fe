"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { CircleCheck } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { AppRouter } from "#server/api/root.ts";

type Lint = inferRouterOutputs<AppRouter>["registers"]["lint"];
type Finding = Lint["findings"][number];

/** The checks of `countersign lint` over every document as it is now. */
export function LintPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.registers.lint.queryOptions({}));
  const { errors, warnings, documented, documents, findings, total, left } = data;
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Lint"
        meta={`${data.checks.length} checks over ${documents} ${documents === 1 ? "document" : "documents"} as they are now: ${errors} fail, ${warnings} WARN, ${documented} documented.`}
      />
      {left.length > 0 && (
        <Notice
          kind="warning"
          title={`${left.length} documents were left out because all together are too long.`}
        >
          {left.slice(0, 5).join(", ")}
        </Notice>
      )}
      {findings.length === 0 ? (
        <EmptyState glyph={<CircleCheck />} title="Nothing found">
          Every identifier has one meaning, every change a revert, every row an owner, and nothing that is
          open is called closed.
        </EmptyState>
      ) : (
        <Section title="Findings" beside={total}>
          <FindingsTable findings={findings} />
        </Section>
      )}
      <Section
        title="Checks"
        description="Warnings that are known stand in a document .countersign-lint, a line each: L1 docs/old.md -- why it stays."
      >
        <ul className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
          {data.checks.map(({ id, name, severity, count }) => (
            <li key={id} className="flex items-baseline gap-2">
              <span className="w-8 shrink-0 font-mono text-small">{id}</span>
              <span className="flex-1">
                {name} <span className="text-ink-3">({severity})</span>
              </span>
              <span className="tnum text-ink-2">{count}</span>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

function markOf({ severity, documented }: Finding) {
  if (documented !== null) return <Badge>KNOWN</Badge>;
  return severity === "error" ? <Badge tone="bad">FAIL</Badge> : <Badge tone="wait">WARN</Badge>;
}

function FindingsTable({ findings }: { findings: readonly Finding[] }) {
  return (
    <Table label="Findings">
      <TableHead>
        <TableHeaderCell fit>Result</TableHeaderCell>
        <TableHeaderCell fit>Check</TableHeaderCell>
        <TableHeaderCell>What</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Where</TableHeaderCell>
      </TableHead>
      <TableBody>
        {findings.map((finding, at) => (
          <TableRow key={`${finding.path} ${finding.line} ${finding.check} ${finding.subject} ${at}`}>
            <TableCell fit>{markOf(finding)}</TableCell>
            <TableCell fit className="font-mono text-small">
              {finding.check}
            </TableCell>
            <TableCell className="wrap-anywhere">
              {finding.says}
              {finding.documented !== null && (
                <span className="text-ink-2"> Known: {finding.documented}</span>
              )}
              <span className="block text-small text-ink-3 md:hidden">
                {finding.path}:{finding.line}
              </span>
            </TableCell>
            <TableCell hideBelow="md">
              {finding.documentId === null ? (
                `${finding.path}:${finding.line}`
              ) : (
                <Link tone="mono" href={`/registers/documents/${finding.documentId}`}>
                  {finding.path}:{finding.line}
                </Link>
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
