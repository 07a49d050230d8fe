"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonDialog } from "#components/jobs/reason-dialog.tsx";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { type Acts, useActsOver } from "./acts-data.ts";

/** What an item holds back in the cloud until somebody has ruled on it. */
export function GatesPanel({ acts }: { acts: Acts }) {
  const [isOpen, setOpen] = useState(false);
  if (acts.kind !== "R" && acts.kind !== "decision") return null;
  if (acts.ruling === null && acts.gates.length === 0) return null;
  return (
    <Section
      title="Holds back in the cloud"
      actions={
        acts.ruling !== null && (
          <Button
            size="sm"
            disabledReason={acts.may.gate.allowed ? null : acts.may.gate.says}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            Hold something back
          </Button>
        )
      }
    >
      {isOpen && <GateForm acts={acts} onDone={() => setOpen(false)} />}
      {acts.gates.length === 0 ? (
        <p className="text-ink-2">
          Nothing. A person can say which stage, tenant, cloud or operation waits for this ruling.
        </p>
      ) : (
        <ul className="grid gap-3">
          {acts.gates.map((gate) => (
            <li key={gate.id} className="flex flex-wrap items-start gap-x-3 gap-y-1">
              <span className="min-w-0 flex-1 wrap-anywhere">
                {gate.covers}{" "}
                <Badge tone={gate.isHolding ? "wait" : "ok"}>{gate.isHolding ? "denied" : "let go"}</Badge>
                <span className="block text-small text-ink-3">
                  {gate.reason} ({gate.setBy})
                </span>
              </span>
              <TakeAway acts={acts} gate={gate} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function TakeAway({ acts, gate }: { acts: Acts; gate: Acts["gates"][number] }) {
  const trpc = useTRPC();
  const over = useActsOver();
  const takesTwo = acts.gateTakesTwo && gate.isHolding;
  const withdraw = useMutation(trpc.itemActs.withdrawGate.mutationOptions({ onSettled: over }));
  const propose = useMutation(trpc.itemActs.proposeUngate.mutationOptions({ onSettled: over }));
  return (
    <ReasonDialog
      label={takesTwo ? "Propose to take away" : "Take away"}
      title={`Let ${gate.covers} go on without a ruling?`}
      description={
        takesTwo
          ? "The rules want two people for this: another one has to agree."
          : "What it covers may happen at once."
      }
      disabledReason={acts.may.ungate.allowed ? null : acts.may.ungate.says}
      withReason
      isPending={withdraw.isPending || propose.isPending}
      error={withdraw.error ?? propose.error}
      onConfirm={(reason, close) => {
        const content = { gateId: gate.id, reason };
        if (takesTwo) propose.mutate({ content, reason }, { onSuccess: close });
        else withdraw.mutate(content, { onSuccess: close });
      }}
    />
  );
}

const PARTS = [
  { key: "runbookSlug", label: "Runbook", hint: "Such as tenant-onboarding." },
  { key: "stageKey", label: "Stage", hint: "Such as 6-7, of that runbook." },
  { key: "tenantSlug", label: "Tenant", hint: "Its name." },
  { key: "cloudName", label: "Cloud", hint: "Its name." },
  { key: "operation", label: "Operation", hint: "Its id in the catalogue." },
] as const;

function GateForm({ acts, onDone }: { acts: Acts; onDone: () => void }) {
  const trpc = useTRPC();
  const set = useMutation(
    trpc.itemActs.setGate.mutationOptions({ onSuccess: onDone, onSettled: useActsOver() }),
  );
  const [parts, setParts] = useState({
    runbookSlug: "",
    stageKey: "",
    tenantSlug: "",
    cloudName: "",
    operation: "",
  });
  const [reason, setReason] = useState("");
  const said = (text: string) => (text.trim() === "" ? null : text.trim());
  const isBare = Object.values(parts).every((part) => said(part) === null);
  const missing = isBare ? "Say what it holds back." : reason.trim() === "" ? "Give a reason." : null;
  return (
    <div className="grid gap-4 border-l-2 border-line pl-4">
      <div className="grid gap-3 sm:grid-cols-2">
        {PARTS.map(({ key, label, hint }) => (
          <Field key={key} label={label} hint={hint} optional>
            {(control) => (
              <Input
                {...control}
                required={false}
                value={parts[key]}
                onChange={(event) => setParts({ ...parts, [key]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <p className="text-ink-2">What is left empty stands for any. All that is named has to fit.</p>
      <ReasonField value={reason} onChange={setReason} />
      <RefusalNotice error={set.error} />
      <Button
        variant="primary"
        className="justify-self-start"
        pending={set.isPending}
        disabledReason={missing}
        onClick={() =>
          set.mutate({
            itemId: acts.id,
            cover: {
              runbookSlug: said(parts.runbookSlug),
              stageKey: said(parts.stageKey),
              tenantSlug: said(parts.tenantSlug),
              cloudName: said(parts.cloudName),
              operation: said(parts.operation),
            },
            reason,
          })
        }
      >
        Hold it back
      </Button>
    </div>
  );
}
