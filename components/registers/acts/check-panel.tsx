"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { type Acts, type Freed, useActsOver } from "./acts-data.ts";
import { EvidenceFields, NO_EVIDENCE } from "./evidence-fields.tsx";

const GAVE: Record<Acts["results"]["all"][number]["outcome"], string> = {
  passed: "saw it pass",
  attested: "attested that it passes",
  failed: "saw it fail",
  risk_accepted: "accepted its risk",
};

/** The results of a check, newest first, and how a further one is attested. */
export function CheckPanel({ acts, onFreed }: { acts: Acts; onFreed: (freed: Freed) => void }) {
  const [isOpen, setOpen] = useState(false);
  if (acts.kind !== "V") return null;
  return (
    <Section
      title="Result"
      {...(acts.mustDifferFrom === null
        ? {}
        : { description: `Somebody other than ${acts.mustDifferFrom.name} has to attest this.` })}
      actions={
        <Button
          size="sm"
          disabledReason={acts.may.attest.allowed ? null : acts.may.attest.says}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Attest
        </Button>
      }
    >
      {acts.ruleOnResult !== null && (
        <Notice title="Rule on the result">
          <span className="whitespace-pre-wrap">{acts.ruleOnResult}</span>
        </Notice>
      )}
      {isOpen && <AttestForm acts={acts} onFreed={onFreed} onDone={() => setOpen(false)} />}
      <Results results={acts.results.all} />
    </Section>
  );
}

export function Results({ results }: { results: Acts["results"]["all"] }) {
  if (results.length === 0) return <p className="text-ink-2">There is no result yet.</p>;
  return (
    <ul className="grid gap-3">
      {results.map((one) => (
        <li key={one.id} className="grid gap-0.5">
          <p className="flex flex-wrap items-center gap-x-2">
            <Person name={one.by} />
            <span className="text-ink-2">
              {GAVE[one.outcome]}, <RelativeTime at={one.at} />; counts until{" "}
              {one.countsUntil.toISOString().slice(0, 10)}
            </span>
          </p>
          <p className="pl-6.5 whitespace-pre-wrap wrap-anywhere">{one.reason}</p>
        </li>
      ))}
    </ul>
  );
}

const OUTCOMES = [
  { value: "passed", label: "It passes" },
  { value: "failed", label: "It fails" },
] as const;

type AttestFormProps = { acts: Acts; onFreed: (freed: Freed) => void; onDone: () => void };

function AttestForm({ acts, onFreed, onDone }: AttestFormProps) {
  const trpc = useTRPC();
  const attest = useMutation(
    trpc.itemActs.attest.mutationOptions({
      onSuccess: (freed) => {
        onFreed(freed);
        onDone();
      },
      onSettled: useActsOver(),
    }),
  );
  const [outcome, setOutcome] = useState<"passed" | "failed" | null>(null);
  const [evidence, setEvidence] = useState(NO_EVIDENCE);
  const [reason, setReason] = useState("");
  const [days, setDays] = useState("30");
  const missing =
    outcome === null
      ? "Say what it gave."
      : evidence.id.trim() === ""
        ? "Say what shows it."
        : reason.trim() === ""
          ? "Say how the rule on the result applies."
          : null;
  return (
    <div className="grid gap-4 border-l-2 border-line pl-4">
      <RadioGroup
        name="outcome"
        legend="What it gave"
        options={OUTCOMES}
        value={outcome}
        onValueChange={setOutcome}
      />
      <EvidenceFields value={evidence} onChange={setEvidence} />
      <Field label="Counts for" hint="Days; after that it is stale and comes back.">
        {(control) => (
          <Input
            {...control}
            type="number"
            min={1}
            max={366}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
          />
        )}
      </Field>
      <ReasonField value={reason} onChange={setReason} hint="How the rule on the result applies." />
      <RefusalNotice error={attest.error} />
      <Button
        variant="primary"
        className="justify-self-start"
        pending={attest.isPending}
        disabledReason={missing}
        onClick={() => {
          if (outcome === null) return;
          const countsForDays = Number(days);
          attest.mutate({ itemId: acts.id, seen: acts.revision, outcome, evidence, reason, countsForDays });
        }}
      >
        Record the result
      </Button>
    </div>
  );
}
