"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField } from "#components/trpc/refusal.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { Select } from "#components/ui/select.tsx";
import type { SignerRole } from "#server/domain/signed-operation/states.ts";
import { AskDialog } from "./ask-dialog.tsx";
import { KeyField } from "./key-field.tsx";
import type { SignerRow } from "./signers-table.tsx";

const ROLES = [
  { value: "operational", label: "Operational", hint: "Signs what destroys. Kept at hand by its person." },
  {
    value: "recovery",
    label: "Recovery",
    hint: "Kept cold. Puts another key in place when the operational ones are lost, and signs nothing else.",
  },
] as const;

/** Where a proposal goes once it stands. */
function useProposed() {
  const router = useRouter();
  return ({ proposalId }: { proposalId: string }) => router.push(`/settings/proposals/${proposalId}`);
}

/** The day's end in UTC, as allowed_signers has it; an empty field is no end. */
function endOf(day: string): string | null {
  return day === "" ? null : `${day}T23:59:59Z`;
}

type EnrolDialogProps = { people: readonly { id: string; name: string }[]; close: () => void };

export function EnrolDialog({ people, close }: EnrolDialogProps) {
  const trpc = useTRPC();
  const [personId, setPersonId] = useState("");
  const [publicKey, setPublicKey] = useState("");
  const [role, setRole] = useState<SignerRole>("operational");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const ask = useMutation(trpc.signers.proposeEnrol.mutationOptions({ onSuccess: useProposed() }));
  const content = { personId, publicKey, role, validAfter: null, validBefore: endOf(until) };
  return (
    <AskDialog
      title="Enrol a key"
      description="The public half of a key that this console never sees. A second person has to agree."
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content, reason })}
    >
      <Field label="Whose key it is" error={personId === "" && ask.isError ? "Choose the person." : null}>
        {(control) => (
          <Select
            {...control}
            value={personId}
            placeholder="Choose a person"
            options={people.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={({ target }) => setPersonId(target.value)}
          />
        )}
      </Field>
      <RadioGroup<SignerRole>
        name="signer-role"
        legend="What it may sign"
        options={ROLES}
        value={role}
        onValueChange={setRole}
      />
      <KeyField value={publicKey} error={errorOfField(ask.error, "publicKey")} onChange={setPublicKey} />
      <Field
        label="Valid until"
        optional
        hint="The last day, in UTC."
        error={errorOfField(ask.error, "validBefore")}
      >
        {(control) => (
          <Input {...control} type="date" value={until} onChange={({ target }) => setUntil(target.value)} />
        )}
      </Field>
    </AskDialog>
  );
}

export function RotateDialog({ row, close }: { row: SignerRow; close: () => void }) {
  const trpc = useTRPC();
  const [publicKey, setPublicKey] = useState("");
  const [reason, setReason] = useState("");
  const ask = useMutation(trpc.signers.proposeRotate.mutationOptions({ onSuccess: useProposed() }));
  return (
    <AskDialog
      title={`Rotate the key of ${row.owner}`}
      description="The new key takes the place of the old one at once when a second person agrees."
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content: { signerId: row.id, publicKey }, reason })}
    >
      <KeyField value={publicKey} error={errorOfField(ask.error, "publicKey")} onChange={setPublicKey} />
    </AskDialog>
  );
}

export function RevokeDialog({ row, close }: { row: SignerRow; close: () => void }) {
  const trpc = useTRPC();
  const [reason, setReason] = useState("");
  const ask = useMutation(trpc.signers.proposeRevoke.mutationOptions({ onSuccess: useProposed() }));
  return (
    <AskDialog
      title={`Revoke the key of ${row.owner}`}
      description="For good: a revoked key cannot be enrolled again. What it signed and has not run does not run."
      confirm="Ask for it"
      reason={reason}
      onReason={setReason}
      isPending={ask.isPending || ask.isSuccess}
      error={ask.error}
      close={close}
      onSubmit={() => ask.mutate({ content: { signerId: row.id }, reason })}
    />
  );
}
