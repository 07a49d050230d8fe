"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { KIND_WORDS } from "#components/registers/words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { type ApiError, errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { NEW_ITEM_KINDS, type NewItem, PARTS_OF_KIND } from "#server/domain/item/schema.ts";
import type { Facets } from "./board-data.ts";
import { EMPTY, FORM, itemOf, type Words } from "./new-item-form.ts";

/** Enters an item under the next number of its kind; opens it when it is there. */
export function NewItemButton({
  facets,
  kind,
  onMade,
}: {
  facets: Facets;
  kind: NewItem["kind"];
  onMade: (itemId: string) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="primary"
        icon={<Plus />}
        disabledReason={facets.may.create.allowed ? null : facets.may.create.says}
        onClick={() => setOpen(true)}
      >
        New item
      </Button>
      {isOpen && (
        <NewItemDialog
          facets={facets}
          begunAs={kind}
          close={() => setOpen(false)}
          onMade={(itemId) => {
            setOpen(false);
            onMade(itemId);
          }}
        />
      )}
    </>
  );
}

type DialogProps = {
  facets: Facets;
  begunAs: NewItem["kind"];
  close: () => void;
  onMade: (itemId: string) => void;
};

function NewItemDialog({ facets, begunAs, close, onMade }: DialogProps) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const formId = useId();
  const registers = facets.documents.filter((one) => one.kind === "handoff");
  const [kind, setKind] = useState(begunAs);
  const [documentId, setDocumentId] = useState(registers[0]?.id ?? "");
  const [words, setWords] = useState(EMPTY);
  const create = useMutation(
    trpc.items.create.mutationOptions({
      onSuccess: async ({ itemId }) => {
        await client.invalidateQueries({ queryKey: trpc.items.pathKey() });
        onMade(itemId);
      },
    }),
  );
  const shown = FORM.filter(({ part }) => part === null || PARTS_OF_KIND[kind].includes(part));
  function submit(event: FormEvent) {
    event.preventDefault();
    if (create.isPending) return;
    create.mutate({
      documentId: documentId === "" ? null : documentId,
      item: itemOf(kind, words),
      ownerId: words.ownerId === "" ? null : words.ownerId,
      dueOn: words.dueOn === "" ? null : words.dueOn,
    });
  }
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="New item"
        description="It gets the next free number of its kind and stands in the register at once."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              type="submit"
              form={formId}
              variant="primary"
              pending={create.isPending}
              disabledReason={words.title.trim() === "" ? "Say in one line what it is about." : null}
            >
              Enter it
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Kind">
              {(control) => (
                <Select
                  {...control}
                  value={kind}
                  options={NEW_ITEM_KINDS.map((value) => ({ value, label: KIND_WORDS[value].one }))}
                  onChange={({ target }) =>
                    setKind(NEW_ITEM_KINDS.find((one) => one === target.value) ?? kind)
                  }
                />
              )}
            </Field>
            <Field label="Register" error={errorOfField(create.error, "documentId")}>
              {(control) => (
                <Select
                  {...control}
                  value={documentId}
                  options={
                    registers.length === 0
                      ? [{ value: "", label: "A new one" }]
                      : registers.map(({ id, path }) => ({ value: id, label: path }))
                  }
                  onChange={({ target }) => setDocumentId(target.value)}
                />
              )}
            </Field>
          </div>
          {shown.map(({ key, label, hint, isLong }) => (
            <Field
              key={key}
              label={label}
              hint={hint}
              optional={key !== "title"}
              error={errorOfField(create.error, `item.${key}`)}
            >
              {(control) => {
                const props = {
                  ...control,
                  value: words[key],
                  onChange: ({ target }: { target: { value: string } }) =>
                    setWords({ ...words, [key]: target.value }),
                };
                return isLong ? <Textarea {...props} /> : <Input {...props} />;
              }}
            </Field>
          ))}
          <OwnerAndDue people={facets.people} words={words} set={setWords} error={create.error} />
          <RefusalNotice error={create.error} />
        </form>
      </DialogContent>
    </Dialog>
  );
}

type OwnerAndDueProps = {
  people: Facets["people"];
  words: Words;
  set: (words: Words) => void;
  error: ApiError | null;
};

function OwnerAndDue({ people, words, set, error }: OwnerAndDueProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Owner" optional error={errorOfField(error, "ownerId")}>
        {(control) => (
          <Select
            {...control}
            value={words.ownerId}
            options={[
              { value: "", label: "Nobody yet" },
              ...people
                .filter(({ isDisabled }) => !isDisabled)
                .map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={({ target }) => set({ ...words, ownerId: target.value })}
          />
        )}
      </Field>
      <Field label="Due" optional error={errorOfField(error, "dueOn")}>
        {(control) => (
          <Input
            {...control}
            type="date"
            value={words.dueOn}
            onChange={({ target }) => set({ ...words, dueOn: target.value })}
          />
        )}
      </Field>
    </div>
  );
}
