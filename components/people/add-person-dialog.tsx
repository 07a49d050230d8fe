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
import { addPersonSchema } from "#server/domain/person/schema.ts";
import type { Role } from "#server/domain/person/states.ts";
import { RoleChoice } from "./role-choice.tsx";

/** Adds a person; then shows the first password, once. */
export function AddPersonDialog({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [roles, setRoles] = useState<ReadonlySet<Role>>(new Set());
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const add = useMutation(
    trpc.people.add.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
    }),
  );
  const [isLeaving, setLeaving] = useState(false);
  const problemOf = (field: string) => problems.get(field) ?? errorOfField(add.error, field);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (add.isPending) return;
    const parsed = addPersonSchema.safeParse({ name, email, roles: [...roles] });
    setProblems(new Map(parsed.error?.issues.map(({ path, message }) => [path.join("."), message])));
    add.reset();
    if (parsed.success) add.mutate(parsed.data);
  }

  // A click beside the dialog must not cost the only sight of the password: leaving it takes two steps.
  function leave() {
    if (add.data === undefined || isLeaving) close();
    else setLeaving(true);
  }

  if (add.data !== undefined) {
    return (
      <Dialog open onOpenChange={leave}>
        <FirstPassword name={name.trim()} password={add.data.password} isLeaving={isLeaving} close={close} />
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={leave}>
      <DialogContent
        title="Add a person"
        description="With a local account. Whoever comes by single sign-on is matched by the e-mail address."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" pending={add.isPending}>
              Add
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
          <Field label="Name" error={problemOf("name")}>
            {(control) => (
              <Input {...control} value={name} onChange={({ target }) => setName(target.value)} />
            )}
          </Field>
          <Field label="E-mail" error={problemOf("email")}>
            {(control) => (
              <Input
                {...control}
                type="email"
                autoCapitalize="none"
                spellCheck={false}
                value={email}
                onChange={({ target }) => setEmail(target.value)}
              />
            )}
          </Field>
          <RoleChoice chosen={roles} onChange={setRoles} error={problemOf("roles")} />
          {problems.size === 0 && errorOfField(add.error, "email") === null && (
            <RefusalNotice error={add.error} />
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}

type FirstPasswordProps = { name: string; password: string; isLeaving: boolean; close: () => void };

function FirstPassword({ name, password, isLeaving, close }: FirstPasswordProps) {
  return (
    <DialogContent
      title={`${name} was added`}
      description="The first password is shown once, here. The console keeps only its hash."
      footer={
        <Button variant="primary" onClick={close}>
          Done
        </Button>
      }
    >
      <div className="grid gap-3 pb-2">
        <p className="flex items-center justify-between gap-3 rounded-md border border-line bg-sunken px-3 py-2 font-mono text-prose">
          <span className="wrap-anywhere">{password}</span>
          <CopyButton text={password} label="Copy the password" />
        </p>
        {isLeaving ? (
          <Notice kind="danger" live title="Have you kept the password?">
            It is still here. Close once more and nobody can show it again.
          </Notice>
        ) : (
          <Notice kind="warning" title="Give it to the person by a safe way">
            After this dialog is closed nobody can show it again.
          </Notice>
        )}
      </div>
    </DialogContent>
  );
}
