"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { NotebookPen } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";

/** The index of run-sessions: that they were, not what was in them. */
export function SessionsPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.registers.sessions.queryOptions({}));
  const [isOpen, setOpen] = useState(false);
  const enter = (
    <Button
      variant="primary"
      icon={<NotebookPen />}
      disabledReason={data.may.log.allowed ? null : data.may.log.says}
      onClick={() => setOpen(true)}
    >
      Enter a session
    </Button>
  );
  return (
    <div>
      <PageHeader
        title="Sessions"
        meta="The index of logged sessions. It is public; the logs themselves stay on their host and never come here."
        actions={enter}
      />
      {data.sessions.length === 0 ? (
        <EmptyState glyph={<NotebookPen />} title="No sessions yet" action={enter}>
          Every session that may change something is logged on its host. Here stands its label, who held it,
          when, and about what.
        </EmptyState>
      ) : (
        <Table label="Sessions">
          <TableHead>
            <TableHeaderCell fit>Day</TableHeaderCell>
            <TableHeaderCell>Label</TableHeaderCell>
            <TableHeaderCell>Operator</TableHeaderCell>
            <TableHeaderCell hideBelow="md">Scope</TableHeaderCell>
          </TableHead>
          <TableBody>
            {data.sessions.map(({ id, date, label, operator, scope }) => (
              <TableRow key={id}>
                <TableCell fit className="tnum">
                  {date}
                </TableCell>
                <TableCell className="font-mono text-small wrap-anywhere">
                  {label}
                  <span className="block font-sans text-ink-3 md:hidden">{scope}</span>
                </TableCell>
                <TableCell>{operator}</TableCell>
                <TableCell hideBelow="md" className="wrap-anywhere">
                  {scope}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {isOpen && <EnterDialog today={data.today} close={() => setOpen(false)} />}
    </div>
  );
}

const FIELDS = [
  { name: "date", label: "Day", hint: "As 2026-09-18." },
  { name: "label", label: "Label", hint: "phase-NN-topic, ops-topic or incident-YYYY-MM-DD-topic." },
  { name: "operator", label: "Operator", hint: "Who held the session." },
  { name: "scope", label: "Scope", hint: "What it was about, in one phrase and without secrets." },
] as const;

function EnterDialog({ today, close }: { today: string; close: () => void }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const formId = useId();
  const [values, setValues] = useState({ date: today, label: "", operator: "", scope: "" });
  const log = useMutation(
    trpc.registers.logSession.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: trpc.registers.sessions.queryKey() });
        close();
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!log.isPending) log.mutate(values);
  }
  const isOfField = FIELDS.some(({ name }) => errorOfField(log.error, name) !== null);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="Enter a session"
        description="One line of the index. Nothing of the log itself."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" pending={log.isPending}>
              Enter it
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
          {FIELDS.map(({ name, label, hint }) => (
            <Field key={name} label={label} hint={hint} error={errorOfField(log.error, name)}>
              {(control) => (
                <Input
                  {...control}
                  mono={name === "label"}
                  value={values[name]}
                  onChange={({ target }) => setValues({ ...values, [name]: target.value })}
                />
              )}
            </Field>
          ))}
          {!isOfField && <RefusalNotice error={log.error} />}
        </form>
      </DialogContent>
    </Dialog>
  );
}
