"use client";

import { Fingerprint } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useSession } from "#components/session/use-session.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { proofWords } from "./proof-words.ts";
import { useProof } from "./use-proof.ts";

type StepUpDialogProps = {
  /** Done: the act may be tried again. */
  onProven: () => void;
  close: () => void;
};

function descriptionOf({ name, proof }: ReturnType<typeof useSession>["person"]): string {
  switch (proof) {
    case "passkey":
      return `This takes a proof of the last five minutes that it is ${name}. You have a passkey, so a password alone is not enough any more.`;
    case "password":
      return `This takes a proof of the last five minutes. Enter the password of ${name}.`;
    case "sso":
      return "This takes a sign-in of the last five minutes. Sign in once more; you come back to this page.";
  }
}

/** Asks once more who is at the keyboard, before something is approved. The session changes with the answer. */
export function StepUpDialog({ onProven, close }: StepUpDialogProps) {
  const { person } = useSession();
  const formId = useId();
  const [password, setPassword] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const { isPending, ...ways } = useProof();

  async function prove(event: FormEvent) {
    event.preventDefault();
    if (isPending || (person.proof === "password" && password === "")) return;
    setRefused(null);
    const reason = await given();
    // The provider's page takes the place of this one.
    if (reason === null) return person.proof === "sso" ? undefined : onProven();
    setPassword("");
    setRefused(reason);
  }

  function given(): Promise<string | null> {
    if (person.proof === "passkey") return ways.byPasskey();
    return person.proof === "password" ? ways.byPassword(password) : ways.bySingleSignOn();
  }

  const words = refused === null ? null : proofWords(refused);
  const labels = { passkey: "Use your passkey", password: "Go on", sso: "Sign in again" };
  return (
    <Dialog open onOpenChange={(open) => !open && close()}>
      <DialogContent
        title="Is it still you?"
        description={descriptionOf(person)}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              type="submit"
              form={formId}
              variant="primary"
              pending={isPending}
              {...(person.proof === "passkey" ? { icon: <Fingerprint /> } : {})}
            >
              {labels[person.proof]}
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={(event) => void prove(event)} className="grid gap-3 pb-2">
          {person.proof === "password" && (
            <Field label="Password">
              {(control) => (
                <Input
                  {...control}
                  type="password"
                  autoComplete="current-password"
                  value={password}
                  onChange={({ target }) => setPassword(target.value)}
                />
              )}
            </Field>
          )}
          {words !== null && (
            <Notice kind="danger" live title={words}>
              Nothing was changed.
            </Notice>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
