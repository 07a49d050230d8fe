"use client";

import { Eye, EyeOff, KeyRound } from "lucide-react";
import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { refusalWords } from "./refusal-words.ts";

type SignInFormProps = {
  /** A path of this console. */
  returnPath: string;
  hasSingleSignOn: boolean;
  /** Why the last sign-in was refused, or null. */
  refusal: string | null;
};

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

function Password() {
  const [shown, setShown] = useState(false);
  return (
    <Field label="Password">
      {(control) => (
        <span className="relative block">
          <input
            {...control}
            name="password"
            type={shown ? "text" : "password"}
            autoComplete="current-password"
            className="field-control h-10 w-full pr-11 pl-3 text-prose"
          />
          <IconButton
            label={shown ? "Hide the password" : "Show the password"}
            onClick={() => setShown(!shown)}
            className="absolute! inset-y-1 right-1"
          >
            {shown ? <EyeOff /> : <Eye />}
          </IconButton>
        </span>
      )}
    </Field>
  );
}

/** E-mail and password, or single sign-on where it is set up. A refusal stands above the form, in place. */
export function SignInForm({ returnPath, hasSingleSignOn, refusal: before }: SignInFormProps) {
  const [refusal, setRefusal] = useState(before);
  const [pending, setPending] = useState<"password" | "oidc" | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending !== null) return;
    const form = new FormData(event.currentTarget);
    setPending("password");
    try {
      const answer = await signIn("password", {
        redirect: false,
        callbackUrl: returnPath,
        email: textOf(form, "email").trim(),
        password: textOf(form, "password"),
      });
      // A whole load, not a client one: the frame of the console is rendered for the person who has just signed in.
      if (answer?.ok && answer.error === null) return window.location.assign(returnPath);
      setRefusal(answer?.error ?? "unclear");
    } catch {
      // The web process did not answer: nothing was checked.
      setRefusal("unclear");
    }
    setPending(null);
  }

  const words = refusal === null ? null : refusalWords(refusal);
  return (
    <div className="grid gap-4">
      {words !== null && (
        <Notice kind="danger" title={words.title} live>
          {words.next}
        </Notice>
      )}
      {hasSingleSignOn && (
        <>
          <Button
            size="lg"
            variant="primary"
            icon={<KeyRound />}
            pending={pending === "oidc"}
            onClick={() => {
              setPending("oidc");
              void signIn("oidc", { callbackUrl: returnPath });
            }}
          >
            Sign in with single sign-on
          </Button>
          <p className="flex items-center gap-3 text-small text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or with a local account
          </p>
        </>
      )}
      <form onSubmit={(event) => void submit(event)} className="grid gap-4">
        <Field label="E-mail">
          {(control) => (
            <input
              {...control}
              name="email"
              type="email"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              className="field-control h-10 w-full px-3 text-prose"
            />
          )}
        </Field>
        <Password />
        <Button
          type="submit"
          size="lg"
          variant={hasSingleSignOn ? "secondary" : "primary"}
          pending={pending === "password"}
          className="mt-1"
        >
          Sign in
        </Button>
      </form>
    </div>
  );
}
