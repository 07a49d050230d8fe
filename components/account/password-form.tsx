"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PASSWORD_MIN } from "#server/domain/passkey/limits.ts";
import { sessionsEnded, useAccountDone } from "./use-account-act.ts";

const EMPTY = { current: "", wanted: "", again: "" };
type Name = keyof typeof EMPTY;

/** What is wrong with the fields before anything is sent. */
function mistakeIn({ current, wanted, again }: typeof EMPTY): { field: Name; says: string } | null {
  if (current === "") return { field: "current", says: "Enter the password that you have now." };
  if (wanted.length < PASSWORD_MIN) {
    return {
      field: "wanted",
      says: `A password has ${PASSWORD_MIN} characters or more. Several words do well.`,
    };
  }
  return wanted === again ? null : { field: "again", says: "The two are not the same." };
}

/** Changes one's own password: the present one, the new one twice. */
export function PasswordForm() {
  const trpc = useTRPC();
  const done = useAccountDone();
  const [given, setGiven] = useState(EMPTY);
  const [isTried, setTried] = useState(false);
  const { mutate, isPending, error } = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess: async ({ endedSessions }) => {
        setGiven(EMPTY);
        setTried(false);
        await done(`The password is changed.${sessionsEnded(endedSessions)}`);
      },
    }),
  );
  const change = () => mutate({ current: given.current, wanted: given.wanted });
  const stepUp = useStepUp({ error, again: change });
  const mistake = isTried ? mistakeIn(given) : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isPending && mistakeIn(given) === null) change();
  }

  const field = (name: Name, label: string, autoComplete: string) => (
    <Field label={label} error={mistake?.field === name ? mistake.says : errorOfField(stepUp.error, name)}>
      {(control) => (
        <Input
          {...control}
          type="password"
          autoComplete={autoComplete}
          value={given[name]}
          onChange={({ target }) => setGiven({ ...given, [name]: target.value })}
        />
      )}
    </Field>
  );
  const isOfField = errorOfField(stepUp.error, "current") ?? errorOfField(stepUp.error, "wanted");
  return (
    <>
      {stepUp.dialog}
      <form noValidate onSubmit={submit} className="grid max-w-90 gap-4">
        {field("current", "Present password", "current-password")}
        {field("wanted", "New password", "new-password")}
        {field("again", "New password again", "new-password")}
        {isOfField === null && <RefusalNotice error={stepUp.error} />}
        <div>
          <Button type="submit" pending={isPending}>
            Change the password
          </Button>
        </div>
      </form>
    </>
  );
}
