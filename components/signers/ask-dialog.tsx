"use client";

import { type FormEvent, type ReactNode, useId } from "react";
import { type ApiError, errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

type AskDialogProps = {
  title: string;
  description: string;
  confirm: string;
  reason: string;
  /** Whom the reason is for. */
  reasonHint?: string;
  onReason: (reason: string) => void;
  isPending: boolean;
  error: ApiError | null;
  close: () => void;
  onSubmit: () => void;
  children?: ReactNode;
};

const FIELDS = ["publicKey", "personId", "validBefore", "content.origin"];

/** Asks for a change of signers, with a reason; a second person decides it. */
export function AskDialog(props: AskDialogProps) {
  const { title, description, confirm, reason, isPending, error, close } = props;
  const formId = useId();
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isPending) props.onSubmit();
  }
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={title}
        description={description}
        size="md"
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" pending={isPending}>
              {confirm}
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
          {props.children}
          <Field
            label="Reason"
            hint={props.reasonHint ?? "What the second person reads first."}
            error={errorOfField(error, "reason")}
          >
            {(control) => (
              <Textarea
                {...control}
                rows={2}
                value={reason}
                onChange={({ target }) => props.onReason(target.value)}
              />
            )}
          </Field>
          {!FIELDS.some((field) => errorOfField(error, field) !== null) && <RefusalNotice error={error} />}
        </form>
      </DialogContent>
    </Dialog>
  );
}
