"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { FileText, Upload } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink, Button } from "#components/ui/button.tsx";
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
import { type DocumentList, KIND_WORDS } from "./document-data.ts";

/** Documents that the registers came from; each is given back as it came, but for what was changed here. */
export function DocumentsList() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.registers.documents.queryOptions({}));
  const importAction = data.may.import.allowed ? (
    <ButtonLink href="/registers/documents/import" variant="primary" icon={<Upload />}>
      Import a document
    </ButtonLink>
  ) : (
    <Button variant="primary" icon={<Upload />} disabledReason={data.may.import.says}>
      Import a document
    </Button>
  );
  return (
    <div>
      <PageHeader
        title="Documents"
        meta="What the registers came from and are given back as. Lines that nobody changed come back byte for byte."
        actions={
          <>
            <DownloadLink href="/api/registers/handoff">Handoff of now</DownloadLink>
            <DownloadLink href="/api/registers/session-ledger">Session ledger of now</DownloadLink>
            {importAction}
          </>
        }
      />
      {data.documents.length === 0 ? (
        <EmptyState glyph={<FileText />} title="No documents yet" action={importAction}>
          Import a handoff register, a decision log, a changelog or a ledger: what is in it becomes lines of
          the registers, and can always be given back as the document.
        </EmptyState>
      ) : (
        <DocumentsTable documents={data.documents} />
      )}
    </div>
  );
}

function DocumentsTable({ documents }: { documents: DocumentList["documents"] }) {
  return (
    <Table label="Documents">
      <TableHead>
        <TableHeaderCell>Path</TableHeaderCell>
        <TableHeaderCell>Read as</TableHeaderCell>
        <TableHeaderCell align="right">Records</TableHeaderCell>
        <TableHeaderCell hideBelow="md" align="right">
          Version
        </TableHeaderCell>
        <TableHeaderCell hideBelow="md">Imported</TableHeaderCell>
      </TableHead>
      <TableBody>
        {documents.map(({ id, path, kind, records, version, at, by }) => (
          <TableRow key={id}>
            <TableCell>
              <RowLink href={`/registers/documents/${id}`} className="font-mono text-small">
                {path}
              </RowLink>
            </TableCell>
            <TableCell>{KIND_WORDS[kind]}</TableCell>
            <TableCell align="right">{records}</TableCell>
            <TableCell align="right" hideBelow="md">
              {version ?? "none"}
            </TableCell>
            <TableCell hideBelow="md">
              {at === null ? (
                <span className="text-ink-3">made in the console</span>
              ) : (
                <>
                  <RelativeTime at={at} focusable={false} /> by {by}
                </>
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
