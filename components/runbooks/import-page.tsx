"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { DocumentOutline } from "./document-outline.tsx";
import { useCheckedText } from "./use-checked-text.ts";

/** A runbook from elsewhere, looked at before it is kept. */
export function ImportPage({ disabledReason }: { disabledReason: string | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [source, setSource] = useState("");
  const [name, setName] = useState("");
  const { data, error } = useCheckedText(source);
  const keep = useMutation(
    trpc.runbooks.importDocument.mutationOptions({
      onSuccess: ({ documentId }) => router.push(`/runbooks/documents/${documentId}`),
    }),
  );
  const own = data?.form === "steps";
  const missing =
    source.trim() === "" ? "Paste a runbook first." : own ? "This is a runbook of our own form." : null;
  const open = async (file: File | undefined) => {
    if (!file) return;
    setSource(await file.text());
    setName(file.name);
  };
  return (
    <div className="grid gap-8">
      <div>
        <PageHeader
          title="Import a runbook"
          crumbs={[{ label: "Runbooks", href: "/runbooks" }]}
          meta="One that was written for people: blocks between BEGIN and END, or commands below a RUN or CHECK label."
        />
        <div className="grid max-w-200 gap-4">
          <Field label="File" optional>
            {(control) => (
              <input
                {...control}
                type="file"
                accept=".md,.markdown,.txt,text/plain,text/markdown"
                onChange={(event) => void open(event.currentTarget.files?.[0])}
                className="text-small"
              />
            )}
          </Field>
          <Field label="Text" hint="It is read while you look at it, and kept only when you say so.">
            {(control) => (
              <Textarea
                {...control}
                mono
                rows={10}
                value={source}
                spellCheck={false}
                onChange={(event) => setSource(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Name" hint="What it is called in the list, such as its file name.">
            {(control) => (
              <Input
                {...control}
                value={name}
                maxLength={200}
                onChange={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
          <RefusalNotice error={keep.error ?? error} />
          <div>
            <Button
              variant="primary"
              pending={keep.isPending || keep.isSuccess}
              disabledReason={disabledReason ?? missing ?? (name.trim() === "" ? "Give it a name." : null)}
              onClick={() => keep.mutate({ source, name: name.trim() })}
            >
              Keep it
            </Button>
          </div>
        </div>
      </div>
      {own && (
        <Notice title="This is a runbook of our own form">
          Begin a draft of it under its own name, and paste it there.
        </Notice>
      )}
      {data !== null && <DocumentOutline outline={data} />}
    </div>
  );
}
