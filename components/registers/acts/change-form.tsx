"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { type Acts, useActsOver } from "./acts-data.ts";

const EMPTY = { what: "", idText: "", files: "", why: "", revert: "", jobs: "" };

const MISSING = [
  ["what", "Say what was changed."],
  ["files", "Name the files or parts."],
  ["why", "Say why."],
  ["revert", "Say how it is taken back."],
] as const;

/** An entry of the changelog that an item is the change of: whole, or not at all. */
export function ChangeForm({ acts }: { acts: Acts }) {
  const trpc = useTRPC();
  const add = useMutation(trpc.itemActs.addChange.mutationOptions({ onSettled: useActsOver() }));
  const [words, setWords] = useState(EMPTY);
  const set = (part: Partial<typeof EMPTY>) => setWords({ ...words, ...part });
  const missing = MISSING.find(([key]) => words[key].trim() === "")?.[1] ?? null;
  if (add.data !== undefined) {
    return (
      <Notice
        kind="ok"
        live
        title={`Entry ${add.data.number} is in the changelog.`}
        action={<Link href={`/registers/items/${add.data.itemId}`}>Open {add.data.code}</Link>}
      />
    );
  }
  return (
    <div className="grid gap-4 border-l-2 border-line pl-4">
      <Field label="What was changed" hint="One line: it becomes the entry's title.">
        {(control) => (
          <Input
            {...control}
            value={words.what}
            onChange={(event) => set({ what: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Numbers" hint="Such as DOCFIX-070, with commas between them." optional>
        {(control) => (
          <Input
            {...control}
            required={false}
            value={words.idText}
            onChange={(event) => set({ idText: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Files">
        {(control) => (
          <Input
            {...control}
            value={words.files}
            onChange={(event) => set({ files: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Why">
        {(control) => (
          <Textarea
            {...control}
            value={words.why}
            onChange={(event) => set({ why: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Revert" hint="How it is taken back.">
        {(control) => (
          <Textarea
            {...control}
            value={words.revert}
            onChange={(event) => set({ revert: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Jobs"
        hint="Their numbers, with commas between them."
        optional
        error={errorOfField(add.error, "jobs")}
      >
        {(control) => (
          <Input
            {...control}
            required={false}
            value={words.jobs}
            onChange={(event) => set({ jobs: event.currentTarget.value })}
          />
        )}
      </Field>
      <RefusalNotice error={add.error} />
      <Button
        variant="primary"
        className="justify-self-start"
        pending={add.isPending}
        disabledReason={missing}
        onClick={() =>
          add.mutate({
            documentId: null,
            what: words.what,
            idText: words.idText,
            files: words.files,
            why: words.why,
            revert: words.revert,
            itemIds: [acts.id],
            jobs: words.jobs.split(/[ ,]+/).flatMap((one) => (one === "" ? [] : [Number(one)])),
          })
        }
      >
        Add the entry
      </Button>
    </div>
  );
}
