"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { HostFacts } from "./guest-data.ts";

/** What is there now, as the first document: saving it unchanged wants nothing else. */
function firstText({ document, actual }: HostFacts): string {
  if (document !== null) return JSON.stringify(document, null, 2);
  const guests = (actual?.guests ?? []).map(({ vmid, run_state, settings: { cores, memory_mib } }) => ({
    vmid,
    run_state: run_state === "running" ? "running" : "stopped",
    cores,
    memory_mib,
  }));
  return JSON.stringify({ guests }, null, 2);
}

/** The desired state as text. Every save is the next generation; what is wrong is told field by field. */
export function DesiredEditor({ facts }: { facts: HostFacts }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [text, setText] = useState(() => firstText(facts));
  const [reason, setReason] = useState("");
  const save = useMutation(
    trpc.guests.save.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.guests.pathFilter()),
    }),
  );
  const cannot = facts.may.save.allowed ? null : facts.may.save.says;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (save.isPending || cannot !== null) return;
    const seenGeneration = facts.desired?.generation ?? 0;
    save.mutate({ tenantId: facts.host.id, seenGeneration, document: text, reason });
  };
  const problem = errorOfField(save.error, "document");
  return (
    <Section
      title="Desired state"
      description="Saving changes no guest. What follows from it is previewed, approved by a second person and, where it can lose data, signed."
    >
      <form onSubmit={submit} noValidate className="grid max-w-3xl gap-3">
        <Field label="Document" error={problem} hint="JSON. A field that is left out may be anything.">
          {(control) => (
            <Textarea
              {...control}
              mono
              rows={10}
              spellCheck={false}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <Field label="Reason">
          {(control) => (
            <Input {...control} value={reason} onChange={({ target }) => setReason(target.value)} />
          )}
        </Field>
        <Button type="submit" className="justify-self-start" disabledReason={cannot} pending={save.isPending}>
          Save the next generation
        </Button>
        {problem === null && <RefusalNotice error={save.error} />}
      </form>
    </Section>
  );
}
