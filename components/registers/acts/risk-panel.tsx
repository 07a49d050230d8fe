"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { type Acts, type Freed, useActsOver } from "./acts-data.ts";
import { Results } from "./check-panel.tsx";

const ACCEPTABLE = {
  V: ["failed", "stale", "expired", "open"],
  ledger_row: ["open", "expired"],
} as const satisfies Partial<Record<Acts["kind"], readonly Acts["state"][]>>;

/** Accepts the risk of a check that failed, or of a row of the ledger: owned, until a day, for a reason. */
export function RiskPanel({ acts, onFreed }: { acts: Acts; onFreed: (freed: Freed) => void }) {
  const [isOpen, setOpen] = useState(false);
  const { kind, state } = acts;
  if (kind !== "V" && kind !== "ledger_row") return null;
  const states: readonly Acts["state"][] = ACCEPTABLE[kind];
  const hasHistory = kind === "ledger_row" && acts.results.all.length > 0;
  if (!states.includes(state) && !hasHistory) return null;
  const nothingSeen = kind === "V" && acts.results.newest === null;
  return (
    <Section
      title="Risk"
      actions={
        states.includes(state) && (
          <Button
            size="sm"
            disabledReason={
              nothingSeen
                ? "There is no result yet whose risk could be accepted."
                : acts.may.acceptRisk.allowed
                  ? null
                  : acts.may.acceptRisk.says
            }
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            Accept the risk
          </Button>
        )
      }
    >
      {isOpen && <RiskForm acts={acts} onFreed={onFreed} onDone={() => setOpen(false)} />}
      {hasHistory ? (
        <Results results={acts.results.all} />
      ) : (
        <p className="text-ink-2">
          An accepted risk is owned, ends on a day, and counts for exactly what was seen.
        </p>
      )}
    </Section>
  );
}

function RiskForm({
  acts,
  onFreed,
  onDone,
}: {
  acts: Acts;
  onFreed: (freed: Freed) => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const accept = useMutation(
    trpc.itemActs.acceptRisk.mutationOptions({
      onSuccess: (freed) => {
        onFreed(freed);
        onDone();
      },
      onSettled: useActsOver(),
    }),
  );
  const [ownerId, setOwnerId] = useState("");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const missing =
    ownerId === ""
      ? "Name who owns the risk."
      : until === ""
        ? "Say until when."
        : reason.trim() === ""
          ? "Say why it is accepted."
          : null;
  return (
    <div className="grid gap-4 border-l-2 border-line pl-4">
      <Field label="Owned by">
        {(control) => (
          <Select
            {...control}
            placeholder="Choose a person"
            options={acts.people.map(({ id, name }) => ({ value: id, label: name }))}
            value={ownerId}
            onChange={(event) => setOwnerId(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="Until the end of" hint="It comes back to the inbox then.">
        {(control) => (
          <Input
            {...control}
            type="date"
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        )}
      </Field>
      <ReasonField value={reason} onChange={setReason} />
      <RefusalNotice error={accept.error} />
      <Button
        variant="primary"
        className="justify-self-start"
        pending={accept.isPending}
        disabledReason={missing}
        onClick={() =>
          accept.mutate({
            itemId: acts.id,
            seen: acts.revision,
            ownerId,
            until,
            pinnedTo: acts.results.newest?.observed ?? null,
            reason,
          })
        }
      >
        Accept the risk
      </Button>
    </div>
  );
}
