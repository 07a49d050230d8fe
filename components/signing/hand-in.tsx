"use client";

import { type ChangeEvent, type FormEvent, useState } from "react";
import { type ApiError, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { holdsPrivateKey } from "#server/domain/secret/schema.ts";
import { verdictOf } from "./verdict-of.ts";
import { VerifySteps } from "./verify-steps.tsx";

type HandInProps = {
  disabledReason: string | null;
  isPending: boolean;
  error: ApiError | null;
  onEdit: () => void;
  onSubmit: (armored: string) => void;
};

/** What is longer is no signature; a file of any size is not read further than this. */
const FILE_MAX = 64 * 1024;

function PrivateKeyNotice() {
  return (
    <Notice kind="danger" live title="This is a private key. It was not sent and is not kept">
      Treat it as known to others all the same: it stood on a page. Retire it wherever it is used, make a new
      key, and have that one enrolled. What belongs here is the signature, the file that ends in .sig.
    </Notice>
  );
}

/** Takes an armored signature, pasted or from its file. A private key is dropped before anything is sent. */
export function HandIn({ disabledReason, isPending, error, onEdit, onSubmit }: HandInProps) {
  const [armored, setArmored] = useState("");
  const [isPrivate, setPrivate] = useState(false);
  const verdict = verdictOf(error);
  const obstacle =
    disabledReason ?? (armored.trim() === "" ? "Paste the signature, or choose its file." : null);

  function take(text: string) {
    onEdit();
    const isSecret = holdsPrivateKey(text);
    setPrivate(isSecret);
    setArmored(isSecret ? "" : text);
  }

  async function takeFile(event: ChangeEvent<HTMLInputElement>) {
    const input = event.currentTarget;
    const file = input.files?.[0];
    if (file === undefined) return;
    const text = await file.slice(0, FILE_MAX).text();
    input.value = "";
    take(text);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (obstacle !== null || isPending) return;
    onSubmit(armored);
  }

  return (
    <form onSubmit={submit} className="grid gap-3">
      <Field label="Signature" hint="From -----BEGIN SSH SIGNATURE----- to -----END SSH SIGNATURE-----.">
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={7}
            spellCheck={false}
            value={armored}
            onChange={(event) => take(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="Or its file" optional hint="The one that ends in .sig. It is read here, in the browser.">
        {({ required: _required, ...control }) => (
          <input
            {...control}
            type="file"
            accept=".sig,.asc,.txt"
            className="field-control w-full px-2.5 py-1.5 text-small"
            onChange={(event) => void takeFile(event)}
          />
        )}
      </Field>
      {isPrivate && <PrivateKeyNotice />}
      <RefusalNotice error={error} />
      {verdict !== null && <VerifySteps steps={verdict.steps} error={verdict.error} />}
      <div className="flex flex-wrap items-center justify-end gap-3">
        {obstacle !== null && <p className="text-small text-ink-2">{obstacle}</p>}
        <Button type="submit" size="lg" variant="danger" pending={isPending} disabledReason={obstacle}>
          Hand in the signature
        </Button>
      </div>
    </form>
  );
}
