"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { PasskeyFacts } from "./account-facts.ts";
import { sessionsEnded, useAccountDone } from "./use-account-act.ts";
import { useEnrol } from "./use-enrol.ts";

type PasskeyDialogProps = {
  title: string;
  description: string;
  confirm: string;
  isDanger?: boolean;
  isPending: boolean;
  close: () => void;
  onSubmit: () => void;
  children?: ReactNode;
};

function PasskeyDialog(props: PasskeyDialogProps) {
  const formId = useId();
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!props.isPending) props.onSubmit();
  }
  return (
    <Dialog open onOpenChange={props.close}>
      <DialogContent
        title={props.title}
        description={props.description}
        footer={
          <>
            <Button onClick={props.close}>Cancel</Button>
            <Button
              type="submit"
              form={formId}
              variant={props.isDanger ? "danger" : "primary"}
              pending={props.isPending}
            >
              {props.confirm}
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
          {props.children}
        </form>
      </DialogContent>
    </Dialog>
  );
}

type NameFieldProps = { name: string; error: string | null; onName: (name: string) => void };

function NameField({ name, error, onName }: NameFieldProps) {
  return (
    <Field label="Name" hint="Where it lives, so that you know it again." error={error}>
      {(control) => (
        <Input
          {...control}
          value={name}
          maxLength={60}
          placeholder="Laptop"
          onChange={({ target }) => onName(target.value)}
        />
      )}
    </Field>
  );
}

const NO_NAME = "Enter a name, such as that of the device it is on.";

export function EnrolPasskeyDialog({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [isTried, setTried] = useState(false);
  const enrol = useEnrol({ name, onEnrolled: close });
  if (enrol.stepUp !== null) return enrol.stepUp;
  return (
    <PasskeyDialog
      title="Enrol a passkey"
      description="Your browser asks where to keep it and makes sure that it is you. Your other sessions end."
      confirm="Enrol"
      isPending={enrol.isPending}
      close={close}
      onSubmit={() => {
        setTried(true);
        if (name.trim() !== "") enrol.start();
      }}
    >
      <NameField name={name} error={isTried && name.trim() === "" ? NO_NAME : null} onName={setName} />
      <RefusalNotice error={enrol.error} />
      {enrol.trouble !== null && (
        <Notice kind="danger" live title={enrol.trouble}>
          Nothing was enrolled.
        </Notice>
      )}
    </PasskeyDialog>
  );
}

type RowDialogProps = { row: PasskeyFacts; close: () => void };

export function RenamePasskeyDialog({ row, close }: RowDialogProps) {
  const trpc = useTRPC();
  const done = useAccountDone();
  const [name, setName] = useState(row.name);
  const rename = useMutation(
    trpc.account.renamePasskey.mutationOptions({
      onSuccess: async () => {
        close();
        await done("The passkey has its new name.");
      },
    }),
  );
  return (
    <PasskeyDialog
      title="Rename the passkey"
      description={`It is called ${row.name}.`}
      confirm="Rename"
      isPending={rename.isPending}
      close={close}
      onSubmit={() => name.trim() !== "" && rename.mutate({ passkeyId: row.id, name })}
    >
      <NameField name={name} error={name.trim() === "" ? NO_NAME : null} onName={setName} />
      <RefusalNotice error={rename.error} />
    </PasskeyDialog>
  );
}

export function RemovePasskeyDialog({ row, isLast, close }: RowDialogProps & { isLast: boolean }) {
  const trpc = useTRPC();
  const done = useAccountDone();
  const { mutate, isPending, error } = useMutation(
    trpc.account.removePasskey.mutationOptions({
      onSuccess: async ({ endedSessions }) => {
        close();
        await done(`The passkey is removed.${sessionsEnded(endedSessions)}`);
      },
    }),
  );
  const remove = () => mutate({ passkeyId: row.id });
  const stepUp = useStepUp({ error, again: remove });
  if (stepUp.dialog !== null) return stepUp.dialog;
  return (
    <PasskeyDialog
      title={`Remove ${row.name}`}
      description={
        isLast
          ? "It is your last one: a password is then enough again. For good: it cannot be enrolled a second time. Your other sessions end."
          : "For good: it cannot be enrolled a second time. Your other sessions end."
      }
      confirm="Remove"
      isDanger
      isPending={isPending}
      close={close}
      onSubmit={remove}
    >
      <RefusalNotice error={stepUp.error} />
    </PasskeyDialog>
  );
}
