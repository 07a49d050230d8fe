"use client";

import { signIn } from "next-auth/react";
import { type FormEvent, useId, useState } from "react";
import { refusalWords } from "#components/session/refusal-words.ts";
import { useSession } from "#components/session/use-session.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";

type StepUpDialogProps = {
  /** Done: the act may be tried again. */
  onProven: () => void;
  close: () => void;
};

/** Asks once more who is at the keyboard, before something is approved. The session changes with the answer. */
export function StepUpDialog({ onProven, close }: StepUpDialogProps) {
  const { person } = useSession();
  const formId = useId();
  const [password, setPassword] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const words = refused === null ? null : refusalWords(refused);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isPending || password === "") return;
    setPending(true);
    setRefused(null);
    const answer = await signIn("step-up", { password, redirect: false }).catch(() => null);
    setPending(false);
    if (answer?.ok) return onProven();
    setPassword("");
    setRefused(answer?.error ?? "unclear");
  }

  return (
    <Dialog open onOpenChange={(open) => !open && close()}>
      <DialogContent
        title="Is it still you?"
        description={
          person.hasPassword
            ? `What is approved takes a proof of the last five minutes. Enter the password of ${person.name}.`
            : "What is approved takes a sign-in of the last five minutes. Sign in once more; you come back to this page."
        }
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            {person.hasPassword ? (
              <Button type="submit" form={formId} variant="primary" pending={isPending}>
                Go on
              </Button>
            ) : (
              <Button
                variant="primary"
                onClick={() =>
                  // The provider is told to ask again and to say when it did.
                  void signIn("oidc", { callbackUrl: location.href }, { prompt: "login", max_age: "0" })
                }
              >
                Sign in again
              </Button>
            )}
          </>
        }
      >
        {person.hasPassword && (
          <form id={formId} noValidate onSubmit={(event) => void submit(event)} className="grid gap-3 pb-2">
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
            {words !== null && (
              <Notice kind="danger" live title={words.title}>
                Nothing was approved.
              </Notice>
            )}
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}
