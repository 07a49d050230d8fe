"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import type { PersonRow } from "./people-table.tsx";

/** For a person who cannot use any of their passkeys any more: asks, and a second person agrees. */
export function LostPasskeys({ person }: { person: PersonRow }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [reason, setReason] = useState<string | null>(null);
  const ask = useMutation(
    trpc.people.proposeForget.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const { allowed, says } = person.may.forgetPasskeys;
  const count = person.passkeyCount === 1 ? "1 passkey" : `${person.passkeyCount} passkeys`;
  return (
    <section aria-label="Passkeys" className="grid gap-2 border-t border-line pt-4">
      <h3 className="font-medium">Passkeys</h3>
      <p className="text-ink-2">
        {count}. Who has one proves by nothing less who they are. When all are lost, two other people remove
        them: you ask, and a manager or another admin agrees.
      </p>
      {reason !== null && (
        <ReasonField
          value={reason}
          onChange={setReason}
          hint="How you made sure that it is really they who ask"
        />
      )}
      <div>
        <Button
          size="sm"
          pending={ask.isPending || ask.isSuccess}
          disabledReason={allowed ? (reason?.trim() === "" ? "Give the reason." : null) : says}
          onClick={() =>
            reason === null ? setReason("") : ask.mutate({ content: { personId: person.id }, reason })
          }
        >
          {reason === null ? "Passkeys are lost" : "Ask for them to be removed"}
        </Button>
      </div>
      {!allowed && <p className="text-small text-ink-2">{says}</p>}
      <RefusalNotice error={ask.error} />
    </section>
  );
}
