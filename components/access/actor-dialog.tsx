"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField } from "#components/trpc/refusal.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { ACTOR_CAP_HOURS, ACTOR_TYPES, type ActorType } from "#server/domain/actor/states.ts";
import type { ActorRow } from "./access-data.ts";

const TYPES = ACTOR_TYPES.map((value) => ({
  value,
  label: `${value}, at most ${ACTOR_CAP_HOURS[value]} hours`,
}));
const FIELD = "content.change.actor";

type ActorDialogProps = {
  /** Null: a new one. */
  actor: ActorRow | null;
  isRetiring: boolean;
  base: number;
  close: () => void;
};

/** Asks for an actor to be added, changed or retired; a second person decides it. */
export function ActorDialog({ actor, isRetiring, base, close }: ActorDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [name, setName] = useState(actor?.name ?? "");
  const [type, setType] = useState<ActorType>(actor?.type ?? "agt");
  const [principals, setPrincipals] = useState(actor?.principals.join(", ") ?? "");
  const [hours, setHours] = useState(String(actor?.maxTtlHours ?? 1));
  const [description, setDescription] = useState(actor?.description ?? "");
  const [reason, setReason] = useState("");
  const ask = useMutation(
    trpc.access.proposeRegistry.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const wanted = {
    name,
    type,
    principals: principals.split(",").map((one) => one.trim()).filter((one) => one !== ""), // prettier-ignore
    maxTtlHours: Number(hours),
    description,
    isRetired: false,
  };
  const change = isRetiring
    ? { kind: "retire" as const, name }
    : { kind: actor === null ? ("add" as const) : ("change" as const), actor: wanted };
  const errorOf = (field: string) => errorOfField(ask.error, `${FIELD}.${field}`);
  return (
    <AskDialog
      title={actor === null ? "Add an actor" : `${isRetiring ? "Retire" : "Change"} ${actor.name}`}
      description={
        isRetiring
          ? "It gets no certificate any more; those that it has run out by themselves. A second person has to agree."
          : "Somebody or something that gets SSH certificates. A second person has to agree."
      }
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content: { base, change }, reason })}
    >
      {!isRetiring && (
        <>
          {actor === null && (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Type">
                {(control) => (
                  <Select
                    {...control}
                    value={type}
                    options={TYPES}
                    onChange={({ target }) =>
                      setType(ACTOR_TYPES.find((one) => one === target.value) ?? "agt")
                    }
                  />
                )}
              </Field>
              <Field label="Name" hint={`${type}-scope-purpose`} error={errorOf("name")}>
                {(control) => (
                  <Input {...control} mono value={name} onChange={({ target }) => setName(target.value)} />
                )}
              </Field>
            </div>
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Principals"
              hint="Account names, with commas between."
              error={errorOf("principals")}
            >
              {(control) => (
                <Input
                  {...control}
                  mono
                  value={principals}
                  onChange={({ target }) => setPrincipals(target.value)}
                />
              )}
            </Field>
            <Field
              label="Longest certificate, in hours"
              hint={`From 1 to ${ACTOR_CAP_HOURS[type]}. More is refused, never shortened.`}
              error={errorOf("maxTtlHours")}
            >
              {(control) => (
                <Input
                  {...control}
                  inputMode="numeric"
                  value={hours}
                  onChange={({ target }) => setHours(target.value)}
                />
              )}
            </Field>
          </div>
          <Field label="What it is for" optional error={errorOf("description")}>
            {(control) => (
              <Input
                {...control}
                value={description}
                onChange={({ target }) => setDescription(target.value)}
              />
            )}
          </Field>
        </>
      )}
    </AskDialog>
  );
}
