"use client";

import { type FormEvent, useState } from "react";
import { type ApiError, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button, type ButtonVariant } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

type ReasonActProps = {
  /** What the button says, and what it does. */
  label: string;
  hint: string;
  variant?: ButtonVariant;
  disabledReason: string | null;
  isPending: boolean;
  error: ApiError | null;
  onAct: (reason: string) => void;
};

/** One act that takes a reason, said in the same place. */
export function ReasonAct({
  label,
  hint,
  variant = "secondary",
  disabledReason,
  isPending,
  error,
  onAct,
}: ReasonActProps) {
  const [reason, setReason] = useState("");
  const act = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending && disabledReason === null) onAct(reason);
  };
  return (
    <form onSubmit={act} noValidate className="grid gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <Field label={`Reason to ${label.toLowerCase()}`} hint={hint} className="min-w-0 flex-1 basis-60">
          {(control) => (
            <Input {...control} value={reason} onChange={({ target }) => setReason(target.value)} />
          )}
        </Field>
        <Button
          type="submit"
          variant={variant}
          disabledReason={disabledReason}
          pending={isPending}
          className="mb-6"
        >
          {label}
        </Button>
      </div>
      <RefusalNotice error={error} />
    </form>
  );
}
