"use client";

import { startRegistration } from "@simplewebauthn/browser";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { passkeyTrouble } from "#components/step-up/passkey-trouble.ts";
import { proofWords } from "#components/step-up/proof-words.ts";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import type { ApiError } from "#components/trpc/refusal.tsx";
import { sessionsEnded, useAccountDone } from "./use-account-act.ts";

/** Ask the console, have the browser make the passkey, hand in its public half. */
export function useEnrol({ name, onEnrolled }: { name: string; onEnrolled: () => void }): {
  start: () => void;
  isPending: boolean;
  /** The dialog that asks who is at the keyboard, while it does. */
  stepUp: ReactNode;
  error: ApiError | null;
  /** Why the browser made none. */
  trouble: string | null;
} {
  const trpc = useTRPC();
  const done = useAccountDone();
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isAtBrowser, setAtBrowser] = useState(false);
  const finish = useMutation(
    trpc.account.enrolPasskey.mutationOptions({
      onSuccess: async ({ endedSessions }) => {
        onEnrolled();
        await done(`The passkey is enrolled.${sessionsEnded(endedSessions)}`);
      },
    }),
  );
  const begin = useMutation(
    trpc.account.beginEnrol.mutationOptions({
      onSuccess: async (optionsJSON) => {
        setAtBrowser(true);
        try {
          finish.mutate({ name, response: await startRegistration({ optionsJSON }) });
        } catch (error) {
          setTrouble(proofWords(passkeyTrouble(error)));
        }
        setAtBrowser(false);
      },
    }),
  );
  const start = () => {
    setTrouble(null);
    finish.reset();
    begin.mutate({});
  };
  const { dialog, error } = useStepUp({ error: begin.error ?? finish.error, again: start });
  return {
    start,
    isPending: begin.isPending || isAtBrowser || finish.isPending,
    stepUp: dialog,
    error,
    trouble,
  };
}
