"use client";

import { type FormEvent, useId, useState } from "react";
import { KIND_WORDS } from "#components/registers/words.ts";
import { type ApiError, errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Facets } from "./board-data.ts";
import {
  DOCUMENT_OF,
  EMPTY,
  type FormField,
  formOf,
  headOf,
  isItemKind,
  missingIn,
  NEW_KINDS,
  type NewKind,
  type Words,
} from "./new-item-form.ts";
import { useEnter } from "./use-enter.ts";

/** Kinds whose word on the board says too little where nothing stands beside it. */
const CHOICE_WORDS: Partial<Record<NewKind, string>> = {
  ledger_row: "Security ledger row",
  change: "Changelog entry",
};

type DialogProps = {
  facets: Facets;
  begunAs: NewKind;
  close: () => void;
  onMade: (itemId: string) => void;
};

/** The form of what is entered into a register: which kind, which document, and what its kind has to say. */
export function NewItemDialog({ facets, begunAs, close, onMade }: DialogProps) {
  const formId = useId();
  const [kind, setKind] = useState(begunAs);
  const [chosen, setChosen] = useState("");
  const [words, setWords] = useState(EMPTY);
  const { enter, error, isPending, errorAt } = useEnter(kind, onMade);
  const documents = facets.documents.filter(
    (one) => one.kind === DOCUMENT_OF[isItemKind(kind) ? "item" : kind],
  );
  const documentId = documents.some(({ id }) => id === chosen) ? chosen : (documents[0]?.id ?? "");
  const head = headOf(kind);
  const may = kind === "change" ? facets.may.addChange : facets.may.create;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isPending) enter({ documentId: documentId === "" ? null : documentId, words });
  }
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={head.title}
        description={head.says}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              type="submit"
              form={formId}
              variant="primary"
              pending={isPending}
              disabledReason={may.allowed ? missingIn(kind, words) : may.says}
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
                  options={NEW_KINDS.map((value) => ({
                    value,
                    label: CHOICE_WORDS[value] ?? KIND_WORDS[value].one,
                  }))}
                  onChange={({ target }) => setKind(NEW_KINDS.find((one) => one === target.value) ?? kind)}
                />
              )}
            </Field>
            <Field label="Register" error={errorOfField(error, "documentId")}>
              {(control) => (
                <Select
                  {...control}
                  value={documentId}
                  options={
                    documents.length === 0
                      ? [{ value: "", label: "A new one" }]
                      : documents.map(({ id, path }) => ({ value: id, label: path }))
                  }
                  onChange={({ target }) => setChosen(target.value)}
                />
              )}
            </Field>
          </div>
          {formOf(kind).map((field) => (
            <WordsField
              key={field.key}
              field={field}
              text={words[field.key]}
              error={errorAt(field.key)}
              set={(text) => setWords({ ...words, [field.key]: text })}
            />
          ))}
          {kind !== "change" && (
            <OwnerAndDue people={facets.people} words={words} set={setWords} error={error} />
          )}
          {kind === "ledger_row" && (words.ownerId === "" || words.dueOn === "") && (
            <p className="text-small text-ink-2">
              A row without an owner or a date is a finding until it has both.
            </p>
          )}
          <RefusalNotice error={error} />
        </form>
      </DialogContent>
    </Dialog>
  );
}

function WordsField({
  field: { label, hint, isLong, isNeeded, choices },
  text,
  error,
  set,
}: {
  field: FormField;
  text: string;
  error: string | null;
  set: (text: string) => void;
}) {
  return (
    <Field label={label} hint={hint} optional={isNeeded !== true} error={error}>
      {(control) => {
        const props = {
          ...control,
          value: text,
          onChange: ({ target }: { target: { value: string } }) => set(target.value),
        };
        if (choices !== undefined) {
          const options = choices.map((value) => ({ value, label: value }));
          return <Select {...props} options={[{ value: "", label: "None" }, ...options]} />;
        }
        return isLong ? <Textarea {...props} className="min-h-18" /> : <Input {...props} />;
      }}
    </Field>
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
