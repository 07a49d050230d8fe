"use client";

import { startAuthentication } from "@simplewebauthn/browser";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { useTRPCClient } from "#components/trpc/api.ts";
import { passkeyTrouble } from "./passkey-trouble.ts";

/** The ways of proving who is at the keyboard; each answers the reason of a refusal, or null when it is proven. */
export function useProof() {
  const client = useTRPCClient();
  const [isPending, setPending] = useState(false);

  async function carryOut(proof: () => Promise<string | null>): Promise<string | null> {
    setPending(true);
    // The console did not answer, or the browser had no passkey for it.
    const refused = await proof().catch(passkeyTrouble);
    setPending(false);
    return refused;
  }

  const byPassword = (password: string) =>
    carryOut(async () => reasonOf(await signIn("step-up", { password, redirect: false })));

  const byPasskey = () =>
    carryOut(async () => {
      const { options } = await client.account.beginProof.mutate({ way: "passkey" });
      if (options === null) return "unclear";
      const response = JSON.stringify(await startAuthentication({ optionsJSON: options }));
      return reasonOf(await signIn("passkey", { response, redirect: false }));
    });

  /** Leaves the page: the provider is told to ask again and to say when it did. */
  const bySingleSignOn = () =>
    carryOut(async () => {
      await client.account.beginProof.mutate({ way: "sso" });
      await signIn("oidc", { callbackUrl: location.href }, { prompt: "login", max_age: "0" });
      return null;
    });

  return { isPending, byPassword, byPasskey, bySingleSignOn };
}

function reasonOf(answer: Awaited<ReturnType<typeof signIn>>): string | null {
  return answer?.ok && answer.error === null ? null : (answer?.error ?? "unclear");
}
