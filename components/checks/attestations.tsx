"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { Check } from "./check-data.ts";
import { ReasonAct } from "./reason-act.tsx";

function Withdraw({
  attestationId,
  disabledReason,
}: {
  attestationId: string;
  disabledReason: string | null;
}) {
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const withdraw = useMutation(trpc.checks.withdraw.mutationOptions({}));
  if (!isOpen) {
    return (
      <Button size="sm" variant="ghost" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Withdraw
      </Button>
    );
  }
  return (
    <ReasonAct
      label="Withdraw"
      hint="The check does not run any more until another person attests it."
      disabledReason={disabledReason}
      isPending={withdraw.isPending}
      error={withdraw.error}
      onAct={(reason) => withdraw.mutate({ attestationId, reason })}
    />
  );
}

/** Who says that exactly this block only reads, and who could. */
export function Attestations({ check }: { check: Check }) {
  const trpc = useTRPC();
  const attest = useMutation(trpc.checks.attest.mutationOptions({}));
  const { attesters, missing, could, endedAttestations, may, digest, item } = check;
  const isEnough = missing === 0;
  const others = could.slice(0, 6).map(({ name }) => name);
  return (
    <Section title="Attested as read-only" beside={`${attesters.length} of 2`}>
      <div className="grid gap-3">
        <StateMark
          state={isEnough ? "passed" : "waiting"}
          label={
            isEnough
              ? "Passed: two people attest exactly this block. It runs without approval."
              : `Waiting for ${missing === 1 ? "one more person" : "two people"} to attest exactly this block.`
          }
        />
        {attesters.length > 0 && (
          <ul aria-label="People who attest it" className="grid gap-1.5">
            {attesters.map(({ id, name, reason, at }) => (
              <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span className="font-medium">{name}</span>
                <span className="text-ink-2">
                  <RelativeTime at={at} />: {reason}
                </span>
                <Withdraw
                  attestationId={id}
                  disabledReason={may.withdraw.allowed ? null : may.withdraw.says}
                />
              </li>
            ))}
          </ul>
        )}
        {!isEnough && others.length > 0 && (
          <p className="text-ink-2">Could attest it: {others.join(", ")}.</p>
        )}
        <ReasonAct
          label="Attest"
          hint="You say that exactly these bytes, on this host, as this account, change nothing. Any edit ends it."
          disabledReason={
            may.attest.allowed && digest !== null ? null : (may.attest.says ?? "There is no block.")
          }
          isPending={attest.isPending}
          error={attest.error}
          onAct={(reason) => attest.mutate({ itemId: item.id, digest: digest ?? "", reason })}
        />
        {endedAttestations.length > 0 && (
          <details>
            <summary className="cursor-pointer text-ink-2">
              Attestations that ended ({endedAttestations.length})
            </summary>
            <ul className="grid gap-1 pt-2 text-ink-2">
              {endedAttestations.map(({ id, name, at, because }) => (
                <li key={id}>
                  {name}, <RelativeTime at={at} />: {because}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </Section>
  );
}
