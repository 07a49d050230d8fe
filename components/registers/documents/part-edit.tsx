"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { MergeView } from "#components/registers/item/merge-view.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { PartData } from "./document-data.ts";
import { mergedText, mergeFieldsOf, mergeLines } from "./merge-lines.ts";

/**
 * The form of one part, on the words that it began with. When somebody else was quicker, the newest ones are read and
 * all three are merged by lines.
 */
export function PartEdit({ part: newest, onDone }: { part: PartData; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [begun, setBegun] = useState(newest);
  const [words, setWords] = useState(newest.text);
  const [reason, setReason] = useState("");
  const [chosen, setChosen] = useState<ReadonlyMap<string, "theirs" | "mine">>(new Map());
  const save = useMutation(
    trpc.registers.editProse.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.registers.pathFilter());
        onDone();
      },
      onError: () => queryClient.invalidateQueries(trpc.registers.pathFilter()),
    }),
  );
  const isStale = save.error?.data?.refusal?.reason === "stale_part";
  const hunks = isStale ? mergeLines(begun.text, newest.text, words) : [];
  const fields = mergeFieldsOf(hunks);
  const open = fields.filter(({ key, taken }) => taken === null && !chosen.has(key));

  function submit() {
    const { documentId, key, seen } = newest;
    if (!isStale) return save.mutate({ documentId, part: key, seen: begun.seen, words, reason });
    const merged = mergedText(hunks, chosen);
    setBegun(newest);
    setWords(merged);
    setChosen(new Map());
    return save.mutate({ documentId, part: key, seen, words: merged, reason });
  }

  return (
    <form
      className="grid gap-4"
      aria-label={`Edit ${begun.title}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {isStale ? (
        <MergeView
          what="these words"
          fields={fields}
          labelOf={(key) => key}
          wordsOf={(_key, text) => text}
          chosen={chosen}
          choose={(key, side) => setChosen((before) => new Map(before).set(key, side))}
        />
      ) : (
        <Field
          label="Words"
          hint="As they stand in the document. No line may begin an item, a heading or a block of another part."
          error={errorOfField(save.error, "words")}
        >
          {(control) => (
            <Textarea
              {...control}
              mono
              className="max-h-160"
              value={words}
              onChange={({ target }) => setWords(target.value)}
            />
          )}
        </Field>
      )}
      <Field label="Why" optional hint="Stands in the history beside the change.">
        {({ required: _required, ...control }) => (
          <Input
            {...control}
            maxLength={2000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        )}
      </Field>
      {!isStale && <RefusalNotice error={save.error} />}
      <div className="flex gap-2">
        <Button
          type="submit"
          variant="primary"
          pending={save.isPending}
          disabledReason={open.length > 0 ? "Choose for each place first." : null}
        >
          Save
        </Button>
        <Button onClick={onDone}>Leave as it was</Button>
      </div>
    </form>
  );
}
