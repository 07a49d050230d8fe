"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportAnswers } from "#server/domain/register/import/schema.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { openAnswers } from "./answers.ts";
import { ImportForm } from "./import-form.tsx";
import { ImportPreviewOf } from "./import-preview.tsx";
import { type Chosen, commitOf, type ImportDone, type ImportPreview, previewOf } from "./upload.ts";

const CRUMBS = [{ label: "Documents", href: "/registers/documents" }];

/** Shows what is in a document before anything is taken over, and takes it over when a person says so. */
export function ImportPage({ initialPath, obstacle }: { initialPath: string; obstacle: string | null }) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [answers, setAnswers] = useState<Record<string, ImportAnswers>>({});
  const look = useMutation({ mutationFn: previewOf, onSuccess: () => setAnswers({}) });
  const commit = useMutation({
    mutationFn: ({ of, seen }: { of: Chosen; seen: string }) => commitOf(of, { seen, answers }),
    onSuccess: () => client.invalidateQueries(),
  });
  const begin = (next: Chosen) => {
    setChosen(next);
    commit.reset();
    look.mutate(next);
  };
  const preview = look.data;
  return (
    <div className="grid gap-6">
      <PageHeader
        title="Import a document"
        crumbs={CRUMBS}
        meta="Nothing is taken over before you have seen what was read and what would change."
      />
      {obstacle !== null && <Notice kind="danger" title={obstacle} />}
      {commit.data !== undefined && <Done done={commit.data} />}
      {obstacle === null && commit.data === undefined && (
        <ImportForm initialPath={initialPath} isPending={look.isPending} onLook={begin} />
      )}
      {look.error !== null && <Notice kind="danger" title={look.error.message} live />}
      {preview !== undefined && chosen !== null && commit.data === undefined && (
        <Previewed preview={preview} answers={answers} onAnswers={setAnswers}>
          {commit.error !== null && (
            <Notice
              kind="danger"
              title={commit.error.message}
              live
              action={<Button onClick={() => begin(chosen)}>Look again</Button>}
            />
          )}
          <CommitBar
            preview={preview}
            answers={answers}
            isPending={commit.isPending}
            onCommit={() => commit.mutate({ of: chosen, seen: preview.seen })}
          />
        </Previewed>
      )}
    </div>
  );
}

type Answers = Record<string, ImportAnswers>;

function Previewed(props: {
  preview: ImportPreview;
  answers: Answers;
  onAnswers: (answers: Answers) => void;
  children: React.ReactNode;
}) {
  const { preview, answers, onAnswers } = props;
  return (
    <div role="group" aria-label="What was read" className="grid gap-6">
      {preview.diagnostics.map(({ code, says, severity }) => (
        <Notice key={code} kind={severity === "error" ? "danger" : "warning"} title={says} live />
      ))}
      {preview.documents.map((document) => (
        <ImportPreviewOf
          key={document.path}
          document={document}
          answers={answers[document.path] ?? {}}
          onAnswers={(own) => onAnswers({ ...answers, [document.path]: own })}
        />
      ))}
      {props.children}
    </div>
  );
}

function CommitBar(props: {
  preview: ImportPreview;
  answers: Answers;
  isPending: boolean;
  onCommit: () => void;
}) {
  const { preview, answers, isPending, onCommit } = props;
  const open = preview.documents.reduce((sum, one) => sum + openAnswers(one, answers[one.path] ?? {}), 0);
  const obstacle = preview.documents.find((one) => one.obstacle !== null)?.obstacle ?? null;
  const reason = !preview.isExact
    ? "It cannot be read as it is, so it could not be given back."
    : preview.documents.length === 0
      ? "There is no document in it."
      : (obstacle ?? (open > 0 ? `Say what is to hold for ${open} more.` : null));
  return (
    <div className="sticky bottom-0 flex flex-wrap items-center gap-3 border-t border-line bg-canvas py-3">
      <Button variant="primary" disabledReason={reason} pending={isPending} onClick={onCommit}>
        Take it over
      </Button>
      {reason !== null && <span className="text-ink-2">{reason}</span>}
    </div>
  );
}

function Done({ done }: { done: ImportDone }) {
  return (
    <div className="grid gap-3">
      {done.documents.map(({ path, version, documentId, inserted, updated, removed, numbers, contended }) => (
        <Notice
          key={path}
          kind="ok"
          title={`${path} is imported as version ${version}.`}
          live
          action={<ButtonLink href={`/registers/documents/${documentId}`}>Open it</ButtonLink>}
        >
          {inserted} new, {updated} changed, {removed} taken out; {numbers} numbers taken over
          {contended > 0 ? `, ${contended} held by somebody else` : ""}.
        </Notice>
      ))}
    </div>
  );
}
