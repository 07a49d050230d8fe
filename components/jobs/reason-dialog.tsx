"use client";

import { type ReactNode, useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { type ApiError, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button, type ButtonVariant } from "#components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent, DialogTrigger } from "#components/ui/dialog.tsx";

type ReasonDialogProps = {
  /** The button that opens it and, inside, the one that does it. */
  label: string;
  title: string;
  description: ReactNode;
  disabledReason: string | null;
  variant?: ButtonVariant;
  /** Asks for a reason and passes it on; without it there is none to give. */
  withReason: boolean;
  isPending: boolean;
  error: ApiError | null;
  onConfirm: (reason: string, close: () => void) => void;
};

/** An act that is asked about once more: what it will do, why, and the button that does it. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { label, title, description, disabledReason, variant = "danger", withReason } = props;
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const missing =
    withReason && reason.trim() === "" ? "Give a reason: it is what the next person reads." : null;
  if (disabledReason !== null) return <Button disabledReason={disabledReason}>{label}</Button>;
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>{label}</Button>
      </DialogTrigger>
      <DialogContent
        title={title}
        description={description}
        footer={
          <>
            <DialogClose asChild>
              <Button>Keep it</Button>
            </DialogClose>
            <Button
              variant={variant}
              pending={props.isPending}
              disabledReason={missing}
              onClick={() => props.onConfirm(reason, () => setOpen(false))}
            >
              {label}
            </Button>
          </>
        }
      >
        <div className="grid gap-3">
          {withReason && <ReasonField value={reason} onChange={setReason} />}
          <RefusalNotice error={props.error} />
        </div>
      </DialogContent>
    </Dialog>
  );
}
