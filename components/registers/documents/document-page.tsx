"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { type DocumentPageData, KIND_WORDS } from "./document-data.ts";
import { TextDiff } from "./text-diff.tsx";

const CRUMBS = [{ label: "Documents", href: "/registers/documents" }];

/** What is given back otherwise than it came. */
const SAYS: Partial<Record<DocumentPageData["kind"], string>> = {
  session_ledger: "Its machine-derived section is made from the registers. ",
};

/** A document: its versions, what changed between them, and what would be given back now. */
export function DocumentPage({ documentId, version }: { documentId: string; version: number | null }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.registers.document.queryOptions({ documentId, version }));
  const href = `/registers/documents/${documentId}`;
  return (
    <div className="grid gap-6">
      <PageHeader
        title={data.path}
        crumbs={CRUMBS}
        meta={`${KIND_WORDS[data.kind]}. ${SAYS[data.kind] ?? ""}What nobody changed is given back byte for byte as it came.`}
        actions={
          <>
            {data.may.import.allowed && (
              <ButtonLink
                href={`/registers/documents/import?path=${encodeURIComponent(data.path)}`}
                icon={<Upload />}
              >
                Import again
              </ButtonLink>
            )}
            <DownloadLink href={`/api/registers/documents/${documentId}`}>Give it back</DownloadLink>
          </>
        }
      />
      <Difference data={data} />
      <OwnWords data={data} />
      <Section title="Versions" beside={data.versions.length}>
        {data.versions.length === 0 ? (
          <p className="text-ink-2">It was made in the console and never imported.</p>
        ) : (
          <ul className="grid gap-1.5">
            <li>
              <Link href={href} aria-current={data.shown === null ? "true" : undefined}>
                Now, in the console
              </Link>
            </li>
            {data.versions.map(({ number, at, by, digest }) => (
              <li key={number} className="flex flex-wrap items-center gap-x-3">
                <Link
                  href={`${href}?version=${number}`}
                  aria-current={data.shown === number ? "true" : undefined}
                >
                  Version {number}
                </Link>
                <span className="text-ink-2">
                  imported <RelativeTime at={at} /> by {by}
                </span>
                <Mono head={12}>{digest}</Mono>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

/** Pieces of the document that are no record's, each with a page of its own. */
function OwnWords({ data: { id, parts } }: { data: DocumentPageData }) {
  return (
    <Section
      title="Its own words"
      beside={parts.count}
      description="What is no line of a register: read and changed piece by piece, and given back in its place."
    >
      {parts.count === 0 && <p className="text-ink-2">None: everything in it is a line of a register.</p>}
      <ul className="grid gap-1.5">
        {parts.shown.map(({ key, title, count, isMachines, isChanged }) => (
          <li key={key} className="flex flex-wrap items-center gap-x-3">
            <Link href={`/registers/documents/${id}/words?part=${encodeURIComponent(key)}`}>{title}</Link>
            <span className="text-ink-2">{count === 1 ? "1 line" : `${count} lines`}</span>
            {isMachines && <Badge>made from the registers</Badge>}
            {isChanged && <Badge tone="accent">changed in the console</Badge>}
          </li>
        ))}
      </ul>
      {parts.count > parts.shown.length && (
        <p className="text-ink-2">
          {parts.count - parts.shown.length} more are not listed. Change them in the document and import it
          again.
        </p>
      )}
    </Section>
  );
}

function Difference({ data }: { data: DocumentPageData }) {
  const { shown, compared, isChanged } = data;
  const title =
    shown === null ? "Changed in the console since the last import" : `What version ${shown} changed`;
  return (
    <Section title={title}>
      {!isChanged && <p className="text-ink-2">Nothing: it is the same text to the last byte.</p>}
      {isChanged && compared === null && (
        <Notice title="The texts are too long to be shown beside each other. Download the document to compare it." />
      )}
      {isChanged && compared !== null && <TextDiff before={compared.before} after={compared.after} />}
    </Section>
  );
}
