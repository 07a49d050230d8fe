"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { BookText, FileInput, Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import {
  RowLink,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeaderCell,
  TableRow,
} from "#components/ui/table.tsx";
import { NewRunbookDialog } from "./new-runbook-dialog.tsx";
import type { RunbooksFacts } from "./runbook-data.ts";

/** Published runbooks, what is being written, and what came from elsewhere. */
export function RunbookList() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.runbooks.list.queryOptions({}));
  const [isNew, setIsNew] = useState(false);
  return (
    <div className="grid grid-cols-1 gap-8">
      <div>
        <PageHeader
          title="Runbooks"
          meta="Documents whose blocks the runner carries out. A published version never changes; a run points to one."
          actions={
            <>
              <ButtonLink href="/runbooks/import" icon={<FileInput />}>
                Import
              </ButtonLink>
              <Button icon={<Plus />} onClick={() => setIsNew(true)} disabledReason={data.may.edit.says}>
                New runbook
              </Button>
            </>
          }
        />
        {data.runbooks.length === 0 ? (
          <EmptyState glyph={<BookText />} title="No runbook is published yet">
            The runner publishes the documents of its folder when it starts, after it has checked every block.
          </EmptyState>
        ) : (
          <Published runbooks={data.runbooks} />
        )}
      </div>
      <Section title="Drafts" beside={data.drafts.length}>
        {data.drafts.length === 0 ? (
          <EmptyState size="line" title="Nothing is being written.">
            Open a runbook and choose Edit to begin a draft of it.
          </EmptyState>
        ) : (
          <Drafts drafts={data.drafts} />
        )}
      </Section>
      <Section
        title="From elsewhere"
        beside={data.documents.length}
        description="Runbooks of another form, kept as they came. They are read here and never run."
      >
        {data.documents.length === 0 ? (
          <EmptyState size="line" title="None was imported.">
            Paste one to see its stages, blocks and markers, and what is ambiguous in it.
          </EmptyState>
        ) : (
          <Documents documents={data.documents} />
        )}
      </Section>
      {isNew && <NewRunbookDialog close={() => setIsNew(false)} />}
    </div>
  );
}

function Published({ runbooks }: { runbooks: RunbooksFacts["runbooks"] }) {
  return (
    <Table label="Runbooks">
      <TableHead>
        <TableHeaderCell>Title</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Content hash</TableHeaderCell>
        <TableHeaderCell fit align="right">
          Versions
        </TableHeaderCell>
        <TableHeaderCell fit align="right" hideBelow="md">
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
            <TableCell fit align="right">
              <Link
                href={`/runbooks/${runbook.slug}/versions`}
                aria-label={`Versions of ${runbook.title}: ${runbook.versions}`}
                className="relative z-10"
              >
                {runbook.versions}
              </Link>
            </TableCell>
            <TableCell fit align="right" hideBelow="md" className="text-ink-2">
              <RelativeTime at={runbook.publishedAt} focusable={false} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Drafts({ drafts }: { drafts: RunbooksFacts["drafts"] }) {
  return (
    <Table label="Drafts">
      <TableHead>
        <TableHeaderCell>Runbook</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Begun by</TableHeaderCell>
        <TableHeaderCell fit align="right">
          Revision
        </TableHeaderCell>
        <TableHeaderCell fit align="right">
          Changed
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {drafts.map((draft) => (
          <TableRow key={draft.id}>
            <TableCell>
              <RowLink href={`/runbooks/drafts/${draft.id}`}>{draft.slug}</RowLink>
            </TableCell>
            <TableCell hideBelow="md">{draft.createdBy}</TableCell>
            <TableCell fit align="right">
              {draft.revision}
            </TableCell>
            <TableCell fit align="right" className="text-ink-2">
              <RelativeTime at={draft.changedAt} focusable={false} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Documents({ documents }: { documents: RunbooksFacts["documents"] }) {
  return (
    <Table label="Documents from elsewhere">
      <TableHead>
        <TableHeaderCell>Name</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Imported by</TableHeaderCell>
        <TableHeaderCell fit align="right">
          Imported
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {documents.map((document) => (
          <TableRow key={document.id}>
            <TableCell>
              <RowLink href={`/runbooks/documents/${document.id}`}>{document.name}</RowLink>
            </TableCell>
            <TableCell hideBelow="md">{document.importedBy}</TableCell>
            <TableCell fit align="right" className="text-ink-2">
              <RelativeTime at={document.importedAt} focusable={false} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
