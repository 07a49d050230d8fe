"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Ruling } from "#server/domain/register/lifecycle/ruling.ts";
import { type Acts, type Freed, useActsOver } from "./acts-data.ts";
import { NO_TRIGGER, TriggerFields, triggerOf } from "./trigger-fields.tsx";

const RULED_WORDS: Record<Ruling, string> = {
  adopt: "Adopted",
  amend: "Amended",
  reject: "Rejected",
  defer: "Put off",
};

/** Each option with what follows from it, side by side. */
function optionsOf({ frees, gates }: Acts, isLast: boolean) {
  const alone = frees.filter(({ alsoWaitsFor }) => alsoWaitsFor.length === 0).map(({ code }) => code);
  const opens = gates.map(({ covers }) => covers);
  const freed = alone.length === 0 ? "" : `Frees ${alone.join(", ")}. `;
  const lets = opens.length === 0 ? "" : `Lets go ${opens.join("; ")}.`;
  const nothing = "Nothing waits for it alone.";
  const inForce = isLast ? `${freed}${lets}`.trim() || nothing : "The other points still have to be ruled.";
  const keeps = opens.length === 0 ? "" : `${opens.join("; ")} stays denied until somebody takes that away.`;
  const rejected = isLast ? `${freed}${keeps}`.trim() || nothing : inForce;
  return [
    { value: "adopt", label: "Adopt", hint: inForce },
    { value: "amend", label: "Amend", hint: inForce },
    { value: "reject", label: "Reject", hint: rejected },
    { value: "defer", label: "Put off", hint: "Frees nothing. It comes back by its trigger." },
  ] as const satisfies readonly { value: Ruling; label: string; hint: string }[];
}

/** The ruling on an item, or on each point of a proposal. */
export function RulingPanel({ acts, onFreed }: { acts: Acts; onFreed: (freed: Freed) => void }) {
  const { ruling } = acts;
  const [mark, setMark] = useState<string | null>(null);
  if (ruling === null) return null;
  const open = ruling.points.filter(({ ruled }) => ruled === null || ruled === "defer");
  const chosen = open.find((point) => point.mark === mark) ?? open[0];
  return (
    <Section
      title="Rule on it"
      {...(ruling.needsSecondPerson
        ? { description: "The rules want two people for this: one proposes the ruling, another agrees." }
        : {})}
    >
      {ruling.points.length > 1 && (
        <ol aria-label="Points" className="grid gap-2">
          {ruling.points.map((point) => (
            <li key={point.mark} className="flex flex-wrap items-start gap-x-2 gap-y-1">
              <span className="font-mono text-small text-ink-2">{point.mark})</span>
              <span className="min-w-0 flex-1 wrap-anywhere">{point.text}</span>
              {point.ruled === null || point.ruled === "defer" ? (
                <Button
                  size="sm"
                  variant={chosen?.mark === point.mark ? "primary" : "secondary"}
                  aria-pressed={chosen?.mark === point.mark}
                  onClick={() => setMark(point.mark)}
                >
                  Rule on point {point.mark}
                </Button>
              ) : (
                <Badge tone="ok">{RULED_WORDS[point.ruled]}</Badge>
              )}
            </li>
          ))}
        </ol>
      )}
      {acts.may.rule.allowed ? (
        chosen !== undefined && (
          <RulingForm
            key={chosen.mark}
            acts={acts}
            mark={chosen.mark}
            isLast={open.length === 1}
            onFreed={onFreed}
          />
        )
      ) : (
        <Notice title={acts.may.rule.says ?? "You cannot rule on this."} />
      )}
    </Section>
  );
}

type RulingFormProps = { acts: Acts; mark: string; isLast: boolean; onFreed: (freed: Freed) => void };

function RulingForm({ acts, mark, isLast, onFreed }: RulingFormProps) {
  const trpc = useTRPC();
  const over = useActsOver();
  const rule = useMutation(trpc.itemActs.rule.mutationOptions({ onSuccess: onFreed, onSettled: over }));
  const propose = useMutation(trpc.itemActs.proposeRuling.mutationOptions({ onSettled: over }));
  const [ruling, setRuling] = useState<Ruling | null>(null);
  const [reason, setReason] = useState("");
  const [amendment, setAmendment] = useState("");
  const [trigger, setTrigger] = useState(NO_TRIGGER);
  const takesTwo = acts.ruling?.needsSecondPerson === true;
  const given = triggerOf(trigger);
  const missing = missingOf({ ruling, reason, amendment, hasTrigger: given !== null });
  const send = () => {
    if (ruling === null) return;
    const content = {
      itemId: acts.id,
      point: mark,
      ruling,
      reason,
      amendment: ruling === "amend" ? amendment : null,
      trigger: ruling === "defer" ? given : null,
    };
    if (takesTwo) propose.mutate({ content, reason });
    else rule.mutate({ ...content, seen: acts.revision });
  };
  return (
    <div className="grid gap-4">
      <RadioGroup
        name={`ruling-${mark}`}
        legend={mark === "" ? "Ruling" : `Ruling on point ${mark}`}
        options={optionsOf(acts, isLast)}
        value={ruling}
        onValueChange={setRuling}
      />
      {ruling === "amend" && (
        <Field label="What holds instead">
          {(control) => (
            <Textarea
              {...control}
              value={amendment}
              onChange={(event) => setAmendment(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      {ruling === "defer" && <TriggerFields value={trigger} onChange={setTrigger} />}
      <ReasonField value={reason} onChange={setReason} hint="It stands beside your name and the day." />
      <RefusalNotice error={rule.error ?? propose.error} />
      {propose.data !== undefined && (
        <Notice
          kind="ok"
          live
          title="Proposed."
          action={<Link href={`/settings/proposals/${propose.data.proposalId}`}>Open the proposal</Link>}
        >
          It holds when another person who may rule agrees.
        </Notice>
      )}
      <Button
        variant="primary"
        className="justify-self-start"
        pending={rule.isPending || propose.isPending}
        disabledReason={missing}
        onClick={send}
      >
        {takesTwo ? "Propose this ruling" : "Record the ruling"}
      </Button>
    </div>
  );
}

function missingOf(of: {
  ruling: Ruling | null;
  reason: string;
  amendment: string;
  hasTrigger: boolean;
}): string | null {
  if (of.ruling === null) return "Choose what you rule.";
  if (of.ruling === "amend" && of.amendment.trim() === "") return "Say what holds instead.";
  if (of.ruling === "defer" && !of.hasTrigger) return "Say what brings it back.";
  return of.reason.trim() === "" ? "Give a reason: it stands beside your name." : null;
}
