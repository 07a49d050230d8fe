"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { HandIn } from "#components/signing/hand-in.tsx";
import { HowToSign } from "#components/signing/how-to-sign.tsx";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { AskDialog } from "./ask-dialog.tsx";
import { KeyField } from "./key-field.tsx";

const FILE = "re-pin.json";

type Prepared = { nonce: string; message: string };
type RepinDialogProps = {
  people: readonly { id: string; name: string }[];
  close: () => void;
  onPrepared: (prepared: Prepared) => void;
};

/** Asks for the bytes that the recovery key signs. */
export function RepinDialog({ people, close, onPrepared }: RepinDialogProps) {
  const trpc = useTRPC();
  const [personId, setPersonId] = useState("");
  const [publicKey, setPublicKey] = useState("");
  const [reason, setReason] = useState("");
  const prepare = useMutation(trpc.signers.prepareRepin.mutationOptions({ onSuccess: onPrepared }));
  return (
    <AskDialog
      title="Re-pin with the recovery key"
      description="For when the operational keys are lost or stolen: every one of them is revoked, and this one takes their place."
      confirm="Make the bytes to sign"
      reason={reason}
      onReason={setReason}
      isPending={prepare.isPending}
      error={prepare.error}
      close={close}
      onSubmit={() => prepare.mutate({ personId, publicKey, reason })}
    >
      <Field label="Whose key it is" error={personId === "" && prepare.isError ? "Choose the person." : null}>
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
      <KeyField value={publicKey} error={errorOfField(prepare.error, "publicKey")} onChange={setPublicKey} />
    </AskDialog>
  );
}

function save(message: string): void {
  const url = URL.createObjectURL(new Blob([message], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = FILE;
  link.click();
  URL.revokeObjectURL(url);
}

type RepinPanelProps = { prepared: Prepared; namespace: string; close: () => void };

/** The prepared bytes, and the way back in for the recovery key's signature. */
export function RepinPanel({ prepared, namespace, close }: RepinPanelProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate, reset, isPending, error, isSuccess, variables } = useMutation(
    trpc.signers.repin.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.signers.pathFilter()),
    }),
  );
  const stepUp = useStepUp({ error, again: () => variables !== undefined && mutate(variables) });
  if (isSuccess)
    return (
      <Notice kind="ok" live title="The new key is in place; every earlier operational key is revoked" />
    );
  return (
    <Section
      title="Sign with the recovery key"
      description="Within an hour, by the person who holds it and who is not the one who asked."
      actions={
        <Button size="sm" variant="ghost" onClick={close}>
          Close
        </Button>
      }
    >
      {stepUp.dialog}
      <CodeBlock title={FILE} copyText={prepared.message} maxHeight={220}>
        {JSON.stringify(JSON.parse(prepared.message), null, 2)}
      </CodeBlock>
      <div>
        <Button icon={<Download />} onClick={() => save(prepared.message)}>
          Download {FILE}
        </Button>
      </div>
      <HowToSign namespace={namespace} file={FILE} />
      <HandIn
        disabledReason={null}
        isPending={isPending}
        error={stepUp.error}
        onEdit={reset}
        onSubmit={(armored) => mutate({ nonce: prepared.nonce, armored })}
      />
    </Section>
  );
}
