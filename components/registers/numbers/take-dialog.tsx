"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";

const STATES = [
  { value: "reserved", label: "Reserved: for work that is not written yet" },
  { value: "provisional", label: "Provisional: stands in a draft" },
  { value: "assigned", label: "Assigned: used now" },
] as const;

/** Takes the next free number of a series, or a named one. */
export function TakeDialog({ series, close }: { series: string; close: () => void }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const formId = useId();
  const [values, setValues] = useState({ series, state: "reserved", purpose: "", number: "" });
  const set = (part: Partial<typeof values>) => setValues({ ...values, ...part });
  const take = useMutation(
    trpc.numbers.take.mutationOptions({
      onSettled: () => client.invalidateQueries({ queryKey: trpc.numbers.pathKey() }),
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    const state = STATES.find(({ value }) => value === values.state)?.value ?? "reserved";
    const digits = /([0-9]+)\s*$/.exec(values.number)?.[1];
    const number = values.number.trim() === "" ? null : Number(digits ?? Number.NaN);
    if (!take.isPending)
      take.mutate({ series: values.series, state, purpose: values.purpose, number, count: 1 });
  }
  const isOfField = ["series", "purpose", "number"].some((field) => errorOfField(take.error, field) !== null);
  const [id] = take.data?.ids ?? [];
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="Take a number"
        description="It is yours from then on, and nobody else is given it."
        footer={
          id === undefined ? (
            <>
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" form={formId} variant="primary" pending={take.isPending}>
                Take it
              </Button>
            </>
          ) : (
            <Button variant="primary" onClick={close}>
              Done
            </Button>
          )
        }
      >
        {id !== undefined && (
          <Notice kind="ok" title={`${id} is yours.`} live action={<CopyButton text={id} />}>
            It is {values.state} for {values.purpose}.
          </Notice>
        )}
        {id === undefined && (
          <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
            <Field
              label="Series"
              hint="Its letters, such as D or DOCFIX."
              error={errorOfField(take.error, "series")}
            >
              {(control) => (
                <Input
                  {...control}
                  mono
                  value={values.series}
                  onChange={({ target }) => set({ series: target.value.toUpperCase() })}
                />
              )}
            </Field>
            <Field label="State">
              {(control) => (
                <Select
                  {...control}
                  options={STATES}
                  value={values.state}
                  onChange={({ target }) => set({ state: target.value })}
                />
              )}
            </Field>
            <Field label="What it is for" error={errorOfField(take.error, "purpose")}>
              {(control) => (
                <Input
                  {...control}
                  value={values.purpose}
                  onChange={({ target }) => set({ purpose: target.value })}
                />
              )}
            </Field>
            <Field
              label="A certain number"
              optional
              hint="Leave it empty for the next free one."
              error={errorOfField(take.error, "number")}
            >
              {(control) => (
                <Input
                  {...control}
                  mono
                  value={values.number}
                  onChange={({ target }) => set({ number: target.value })}
                />
              )}
            </Field>
            {!isOfField && <RefusalNotice error={take.error} />}
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}
