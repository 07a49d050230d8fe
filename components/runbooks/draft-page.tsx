"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { DraftPreview } from "./draft-preview.tsx";
import { FindingList } from "./finding-list.tsx";
import { PartChanges } from "./part-changes.tsx";
import { PublishDialog } from "./publish-dialog.tsx";
import type { DraftFacts } from "./runbook-data.ts";
import { TextEditor, type TextEditorHandle } from "./text-editor.tsx";
import { useCheckedText } from "./use-checked-text.ts";

/** Writing a runbook: the text with what is wrong in it, what it changes, and the way to be published. */
export function DraftPage({ draftId }: { draftId: string }) {
  const trpc = useTRPC();
  const { data: draft } = useSuspenseQuery(trpc.runbooks.draft.queryOptions({ draftId }));
  const [isPublishing, setIsPublishing] = useState(false);
  // What is being written, and the revision that it was written over: another one arrives without taking it away.
  const [writing, setWriting] = useState({ source: draft.source, revision: draft.revision });
  const isDirty = writing.source !== draft.source;
  const unsaved = isDirty ? "Save first." : null;
  return (
    <div className="grid gap-8">
      <div>
        <PageHeader
          title={`Draft of ${draft.slug}`}
          crumbs={[{ label: "Runbooks", href: "/runbooks" }]}
          beside={draft.effect !== null && <EffectBadge effect={draft.effect} />}
          meta={
            <span>
              Revision {draft.revision}, saved <RelativeTime at={draft.changedAt} /> by {draft.history[0]?.by}
            </span>
          }
          actions={
            <Button
              variant="primary"
              disabledReason={
                unsaved ?? (draft.effect === "read" ? draft.may.publish.says : draft.may.propose.says)
              }
              onClick={() => setIsPublishing(true)}
            >
              {draft.effect === "read" ? "Publish" : "Ask for publishing"}
            </Button>
          }
        />
        <Standing draft={draft} />
        <Editor draft={draft} writing={writing} setWriting={setWriting} />
      </div>
      <DraftPreview draft={draft} source={writing.source} />
      {draft.changes !== null && (
        <Section
          title="What the saved text changes"
          description="Beside the newest published version, by block."
        >
          <PartChanges changes={draft.changes} />
        </Section>
      )}
      <Section title="Revisions" beside={draft.history.length}>
        <ul className="grid gap-1">
          {draft.history.map(({ revision, by, at }) => (
            <li key={revision} className="flex gap-3">
              <span className="tnum w-24 text-ink-3">Revision {revision}</span>
              <span>{by}</span>
              <span className="text-ink-2">
                <RelativeTime at={at} />
              </span>
            </li>
          ))}
        </ul>
      </Section>
      {isPublishing && <PublishDialog draft={draft} close={() => setIsPublishing(false)} />}
    </div>
  );
}

function Standing({ draft }: { draft: DraftFacts }) {
  return (
    <div className="grid gap-3 pb-4 empty:hidden">
      {draft.state !== "open" && (
        <Notice title={`This draft is ${draft.state}. It is not changed any more.`} />
      )}
      {draft.waiting !== null && (
        <Notice title="A second person is asked to agree to a revision of this draft.">
          <Link href={`/settings/proposals/${draft.waiting.id}`}>Proposal {draft.waiting.number}</Link>.
          Saving again makes it another text, which has to be asked for anew.
        </Notice>
      )}
      {draft.isBehind && (
        <Notice kind="warning" title="A newer version was published since this draft began">
          Take over what it changed, then save with &quot;The newest version is merged in&quot;.{" "}
          <Link href={`/runbooks/${draft.slug}/versions`}>See the versions</Link>.
        </Notice>
      )}
    </div>
  );
}

type Writing = { source: string; revision: number };

function Editor({
  draft,
  writing,
  setWriting,
}: {
  draft: DraftFacts;
  writing: Writing;
  setWriting: (to: Writing) => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const editor = useRef<TextEditorHandle>(null);
  const { data: operations } = useSuspenseQuery(trpc.runbooks.operations.queryOptions({}));
  const [isRebased, setIsRebased] = useState(false);
  const { data: checked } = useCheckedText(writing.source);
  const findings = checked?.diagnostics ?? draft.diagnostics;
  const reload = () => queryClient.invalidateQueries(trpc.runbooks.pathFilter());
  const save = useMutation(
    trpc.runbooks.saveDraft.mutationOptions({
      onSuccess: async ({ revision }, { source }) => {
        setWriting({ source, revision });
        setIsRebased(false);
        await reload();
      },
    }),
  );
  const discard = useMutation(
    trpc.runbooks.discardDraft.mutationOptions({
      onSuccess: async () => {
        await reload();
        router.push("/runbooks");
      },
    }),
  );
  const isDirty = writing.source !== draft.source || isRebased;
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 content-start gap-3">
        <TextEditor
          ref={editor}
          label={`Text of ${draft.slug}`}
          value={writing.source}
          onChange={(source) => setWriting({ ...writing, source })}
          findings={findings}
          operations={operations}
          readOnly={!draft.may.save.allowed}
        />
        <RefusalNotice error={save.error ?? discard.error} />
        <div className="flex flex-wrap items-center gap-3">
          <Button
            variant="primary"
            pending={save.isPending}
            disabledReason={
              draft.may.save.says ?? (isDirty ? null : "Nothing has changed since it was saved.")
            }
            onClick={() => save.mutate({ draftId: draft.id, ...writing, isRebased })}
          >
            Save
          </Button>
          <Button
            variant="ghost"
            pending={discard.isPending}
            disabledReason={draft.may.save.says}
            onClick={() => discard.mutate({ draftId: draft.id })}
          >
            Discard the draft
          </Button>
          {draft.isBehind && (
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={isRebased}
                onChange={(event) => setIsRebased(event.currentTarget.checked)}
              />
              The newest version is merged in
            </label>
          )}
        </div>
      </div>
      <Section title="What is wrong" beside={findings.length}>
        <FindingList findings={findings} onLine={(line) => editor.current?.goTo(line)} />
      </Section>
    </div>
  );
}
