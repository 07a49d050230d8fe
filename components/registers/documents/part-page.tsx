"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { VisibleLines } from "#components/ui/visible-text.tsx";
import type { PartData } from "./document-data.ts";
import { PartEdit } from "./part-edit.tsx";
import { TextDiff } from "./text-diff.tsx";

/** One piece of a document's own words: as it is, as it came, and who wrote what. */
export function PartPage({ documentId, part }: { documentId: string; part: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.registers.prose.queryOptions({ documentId, part }));
  const [isEditing, setEditing] = useState(false);
  const { first, last } = data.lines;
  return (
    <div className="grid gap-6">
      <PageHeader
        title={data.title}
        crumbs={[
          { label: "Documents", href: "/registers/documents" },
          { label: data.path, href: `/registers/documents/${documentId}` },
        ]}
        meta={`${first === last ? `Line ${first}` : `Lines ${first} to ${last}`} of the document. ${
          data.isMachines
            ? "The console makes it from the registers."
            : "Only what is changed here changes in it."
        }`}
        actions={
          !isEditing &&
          !data.isMachines && (
            <Button
              disabledReason={data.may.edit.allowed ? null : data.may.edit.says}
              onClick={() => setEditing(true)}
            >
              Edit
            </Button>
          )
        }
      />
      {isEditing ? (
        <PartEdit part={data} onDone={() => setEditing(false)} />
      ) : (
        <pre
          role="group"
          aria-label="Words"
          tabIndex={0}
          className="focus-inset max-h-160 overflow-auto rounded-md border border-line p-3 font-mono text-small whitespace-pre-wrap wrap-anywhere"
        >
          <VisibleLines>{data.text}</VisibleLines>
        </pre>
      )}
      {data.text !== data.imported && (
        <Section title="Changed since the last import">
          <TextDiff before={data.imported} after={data.text} />
        </Section>
      )}
      <PartHistory history={data.history} />
    </div>
  );
}

function PartHistory({ history }: { history: PartData["history"] }) {
  return (
    <Section title="History" beside={history.length}>
      {history.length === 0 && <Notice title="Nobody has changed it here: it is as it was imported." />}
      <ol className="grid gap-4">
        {history.map(({ number, was, words, reason, by, at }) => (
          <li key={number} className="grid gap-1.5">
            <p>
              {by} <RelativeTime at={at} />
              {reason !== null && reason !== "" && <span className="text-ink-2">: {reason}</span>}
            </p>
            {words === null ? (
              <p className="text-ink-2">The document's own words again.</p>
            ) : (
              <TextDiff before={was} after={words} />
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}
