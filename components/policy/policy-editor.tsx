"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { FindingList } from "#components/runbooks/finding-list.tsx";
import { TextEditor, type TextEditorHandle } from "#components/runbooks/text-editor.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { FileButton } from "./file-button.tsx";
import type { Analysis, PolicyFacts, Writing } from "./policy-data.ts";
import { policyHref } from "./policy-params.ts";

type EditorProps = {
  policy: PolicyFacts;
  writing: Writing;
  setWriting: (to: Writing) => void;
  findings: Analysis["findings"];
};

/** The override with what is wrong in it, by line and column, and the way to keep it. */
export function PolicyEditor({ policy, writing, setWriting, findings }: EditorProps) {
  const editor = useRef<TextEditorHandle>(null);
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid min-w-0 content-start gap-3">
        <TextEditor
          ref={editor}
          label={`Override for ${policy.cloud?.name}`}
          value={writing.source}
          onChange={(source) => setWriting({ ...writing, source })}
          findings={findings}
          height="h-[44vh]"
        />
        <SaveBar policy={policy} writing={writing} setWriting={setWriting} />
      </div>
      <Section title="What is wrong" beside={findings.length}>
        <FindingList findings={findings} onLine={(line, column) => editor.current?.goTo(line, column)} />
      </Section>
    </div>
  );
}

function SaveBar({ policy, writing, setWriting }: Omit<EditorProps, "findings">) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [note, setNote] = useState("");
  const { cloud, number, newest, source, live, release, set } = policy;
  const isSame =
    writing.source === source &&
    writing.live === live &&
    writing.release === release &&
    writing.set === set &&
    number === newest;
  const save = useMutation(
    trpc.policy.save.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.policy.get.pathFilter());
        router.push(policyHref({ cloudId: cloud?.id ?? null, number: null }));
        router.refresh();
      },
    }),
  );
  return (
    <>
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Keystone" className="w-56">
          {(control) => (
            <Input
              {...control}
              value={writing.release}
              onChange={(event) => setWriting({ ...writing, release: event.currentTarget.value })}
              data-hint="zed, antelope, bobcat, caracal, dalmatian, epoxy, flamingo, or a Debian version such as 22.0.2-0+deb12u6"
            />
          )}
        </Field>
        <Field label="Note" optional className="min-w-48 flex-1">
          {(control) => (
            <Input
              {...control}
              value={note}
              maxLength={500}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Field>
        <FileButton label="Open a file" onText={(text) => setWriting({ ...writing, source: text })} />
        <Button
          variant="primary"
          pending={save.isPending}
          disabledReason={policy.may.save.says ?? (isSame ? "Nothing has changed since it was saved." : null)}
          onClick={() => save.mutate({ cloudId: cloud?.id ?? "", baseNumber: newest, ...writing, note })}
        >
          {newest === 0 ? "Save" : `Save as revision ${newest + 1}`}
        </Button>
      </div>
      <RefusalNotice error={save.error} />
    </>
  );
}
