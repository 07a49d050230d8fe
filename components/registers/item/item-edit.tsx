"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Facets, ItemView } from "#components/registers/board/board-data.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { type ApiError, errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { DUE, OWNER, setOf, textsOf } from "./item-draft.ts";
import { mergeFields } from "./merge.ts";
import { MergeView } from "./merge-view.tsx";

type ItemEditProps = { item: ItemView; people: Facets["people"]; onDone: () => void };

/**
 * The form of one item, on the revision that it began with. When somebody else was quicker, the newest one is read and
 * both are shown side by side.
 */
export function ItemEdit({ item: newest, people, onDone }: ItemEditProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [begun, setBegun] = useState(newest);
  const [draft, setDraft] = useState<ReadonlyMap<string, string | null>>(new Map());
  const [reason, setReason] = useState("");
  const [chosen, setChosen] = useState<ReadonlyMap<string, "theirs" | "mine">>(new Map());
  const save = useMutation(
    trpc.items.edit.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.items.pathFilter());
        onDone();
      },
      onError: () => queryClient.invalidateQueries(trpc.items.pathFilter()),
    }),
  );
  const base = textsOf(begun);
  const isStale = save.error?.data?.refusal?.reason === "stale_item";
  const merge = isStale ? mergeFields(base, textsOf(newest), draft) : [];
  const open = merge.filter(({ key, taken }) => taken === null && !chosen.has(key));
  const shown = [...begun.fields.filter(({ canEdit }) => canEdit), ...begun.addable];
  const set = (key: string, text: string | null) => setDraft((before) => new Map(before).set(key, text));
  const textOf = (key: string) => (draft.has(key) ? draft.get(key) : base.get(key)) ?? "";
  const labelOf = (key: string) =>
    key === OWNER ? "Owner" : key === DUE ? "Due" : shown.find((field) => field.key === key)?.label || "Text";

  function submit() {
    if (!isStale) {
      return save.mutate({ itemId: begun.id, revision: begun.revision, set: setOf(base, draft), reason });
    }
    const mine = new Map(
      merge
        .filter(({ key, taken }) => (chosen.get(key) ?? taken) === "mine")
        .map(({ key, mine: text }) => [key, text]),
    );
    setBegun(newest);
    setDraft(mine);
    setChosen(new Map());
    return save.mutate({
      itemId: newest.id,
      revision: newest.revision,
      set: setOf(textsOf(newest), mine),
      reason,
    });
  }

  return (
    <form
      className="grid gap-4"
      aria-label={`Edit ${begun.code}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {isStale ? (
        <MergeView
          what="this item"
          fields={merge}
          labelOf={labelOf}
          wordsOf={(key, text) =>
            key === OWNER ? (people.find(({ id }) => id === text)?.name ?? text) : text
          }
          chosen={chosen}
          choose={(key, side) => setChosen((before) => new Map(before).set(key, side))}
        />
      ) : (
        <EditFields item={begun} shown={shown} people={people} error={save.error} textOf={textOf} set={set} />
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
          disabledReason={open.length > 0 ? "Choose for each field first." : null}
        >
          Save
        </Button>
        <Button onClick={onDone}>Leave as it was</Button>
      </div>
    </form>
  );
}

/** A part that is emptied is taken out. */
const valueOf = (text: string): string | null => (text.trim() === "" ? null : text);

type EditFieldsProps = {
  item: ItemView;
  shown: ItemView["fields"];
  people: Facets["people"];
  error: ApiError | null;
  textOf: (key: string) => string;
  set: (key: string, text: string | null) => void;
};

function EditFields({ item, shown, people, error, textOf, set }: EditFieldsProps) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Owner" optional error={errorOfField(error, "set.ownerId")}>
          {({ required: _required, ...control }) => (
            <Select
              {...control}
              value={textOf(OWNER)}
              onChange={({ target }) => set(OWNER, target.value === "" ? null : target.value)}
              options={[
                { value: "", label: "Nobody" },
                ...people
                  .filter(({ id, isDisabled }) => !isDisabled || id === item.ownerId)
                  .map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          )}
        </Field>
        <Field label="Due" optional>
          {({ required: _required, ...control }) => (
            <Input
              {...control}
              type="date"
              value={textOf(DUE)}
              onChange={({ target }) => set(DUE, target.value === "" ? null : target.value)}
            />
          )}
        </Field>
      </div>
      {shown.map(({ key, label, form }) => (
        <Field
          key={key}
          label={label === "" ? "Text" : label}
          optional={key !== "title"}
          error={errorOfField(error, `set.fields.${key}`)}
        >
          {({ required: _required, ...control }) =>
            form === "line" ? (
              <Input {...control} value={textOf(key)} onChange={({ target }) => set(key, target.value)} />
            ) : (
              <Textarea
                {...control}
                mono={form === "code"}
                value={textOf(key)}
                onChange={({ target }) => set(key, valueOf(target.value))}
              />
            )
          }
        </Field>
      ))}
    </>
  );
}
