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
import type { RecordState } from "#server/domain/register/record.ts";
import { type Acts, type Freed, useActsOver } from "./acts-data.ts";
import { EvidenceFields, NO_EVIDENCE } from "./evidence-fields.tsx";
import { NO_TRIGGER, TriggerFields, triggerOf } from "./trigger-fields.tsx";

/** What a move is called on its button. */
const MOVE_WORDS: Partial<Record<RecordState, string>> = {
  open: "Open again",
  in_progress: "Start work",
  done: "Close as done",
  deferred: "Put off",
  dropped: "Drop",
  waiting: "Wait on",
  taken_up: "Take up",
  retired: "Retire",
  closed: "Close",
  superseded: "Supersede",
  amended: "Amend",
  proposed: "Bring back",
};

/** Moves along the lifecycle of the item's kind, each with what it needs. */
export function MovePanel({ acts, onFreed }: { acts: Acts; onFreed: (freed: Freed) => void }) {
  const [to, setTo] = useState<RecordState | null>(null);
  if (acts.moves.length === 0) return null;
  return (
    <Section title="Move it on">
      <div className="flex flex-wrap gap-2">
        {acts.moves.map((state) => (
          <Button
            key={state}
            aria-pressed={to === state}
            variant={to === state ? "primary" : "secondary"}
            disabledReason={acts.may.move.allowed ? null : acts.may.move.says}
            onClick={() => setTo(state)}
          >
            {state === "open" && acts.state === "in_progress" ? "Stop work" : (MOVE_WORDS[state] ?? state)}
          </Button>
        ))}
      </div>
      {to !== null && acts.moves.includes(to) && <MoveForm key={to} acts={acts} to={to} onFreed={onFreed} />}
    </Section>
  );
}

type MoveFormProps = { acts: Acts; to: RecordState; onFreed: (freed: Freed) => void };

function MoveForm({ acts, to, onFreed }: MoveFormProps) {
  const trpc = useTRPC();
  const move = useMutation(
    trpc.itemActs.move.mutationOptions({ onSuccess: onFreed, onSettled: useActsOver() }),
  );
  const [reason, setReason] = useState("");
  const [trigger, setTrigger] = useState(NO_TRIGGER);
  const [evidence, setEvidence] = useState(NO_EVIDENCE);
  const [successor, setSuccessor] = useState("");
  const takesTrigger = to === "deferred" || to === "waiting";
  const takesEvidence = acts.kind === "ledger_row" && to === "closed";
  const takesSuccessor = to === "superseded";
  return (
    <div className="grid gap-4 border-l-2 border-line pl-4">
      {takesTrigger && <TriggerFields value={trigger} onChange={setTrigger} />}
      {takesEvidence && <EvidenceFields value={evidence} onChange={setEvidence} />}
      {takesSuccessor && (
        <Field label="Decision that takes its place" hint="Its number, such as D-081.">
          {(control) => (
            <Input
              {...control}
              value={successor}
              onChange={(event) => setSuccessor(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <ReasonField
        value={reason}
        onChange={setReason}
        hint="Needed to drop, retire, supersede or open again."
      />
      <RefusalNotice error={move.error} />
      <Button
        className="justify-self-start"
        pending={move.isPending}
        onClick={() =>
          move.mutate({
            itemId: acts.id,
            seen: acts.revision,
            to,
            reason: reason.trim() === "" ? null : reason,
            trigger: takesTrigger ? triggerOf(trigger) : null,
            evidence: takesEvidence && evidence.id.trim() !== "" ? evidence : null,
            successor: takesSuccessor && successor.trim() !== "" ? successor : null,
          })
        }
      >
        Do it
      </Button>
    </div>
  );
}
