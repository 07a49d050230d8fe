"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonDialog } from "#components/jobs/reason-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { type Acts, useActsOver } from "./acts-data.ts";
import { EvidenceFields, NO_EVIDENCE } from "./evidence-fields.tsx";

const SHOWN = { job: "Job", document: "Document", attestation: "Their word" } as const;

/** What has to be shown before it closes, point by point, with what shows it. */
export function PointsPanel({ acts }: { acts: Acts }) {
  const [open, setOpen] = useState<string | null>(null);
  const { points, kind } = acts;
  if (points.length === 0 || kind === "R" || kind === "V" || kind === "deferred") return null;
  const ticked = points.filter(({ evidence }) => evidence !== null).length;
  return (
    <Section
      title={kind === "decision" ? "Gates inside it" : "Accepted when"}
      beside={`${ticked} of ${points.length}`}
    >
      <ul className="grid gap-3">
        {points.map((point) => (
          <li key={point.text} className="grid gap-2">
            <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
              <StateMark
                state={point.evidence === null ? "open" : "passed"}
                label={point.evidence === null ? "To show" : "Shown"}
                size="sm"
              />
              <span className="min-w-0 flex-1 wrap-anywhere">{point.text}</span>
              {point.evidence === null ? (
                <Button
                  size="sm"
                  disabledReason={acts.may.move.allowed ? null : acts.may.move.says}
                  onClick={() => setOpen(open === point.text ? null : point.text)}
                  aria-expanded={open === point.text}
                >
                  Tick with evidence
                </Button>
              ) : (
                <Untick acts={acts} point={point.text} />
              )}
            </div>
            {point.evidence !== null && point.by !== null && point.at !== null && (
              <p className="flex flex-wrap items-center gap-x-2 pl-1 text-ink-2">
                <Person name={point.by} /> {SHOWN[point.evidence.kind]}: {point.evidence.id},{" "}
                <RelativeTime at={point.at} />
              </p>
            )}
            {point.evidence === null && open === point.text && (
              <TickForm acts={acts} point={point.text} onDone={() => setOpen(null)} />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function TickForm({ acts, point, onDone }: { acts: Acts; point: string; onDone: () => void }) {
  const trpc = useTRPC();
  const tick = useMutation(
    trpc.itemActs.tick.mutationOptions({ onSuccess: onDone, onSettled: useActsOver() }),
  );
  const [evidence, setEvidence] = useState(NO_EVIDENCE);
  return (
    <div className="grid gap-3 border-l-2 border-line pl-4">
      <EvidenceFields value={evidence} onChange={setEvidence} />
      <RefusalNotice error={tick.error} />
      <Button
        variant="primary"
        className="justify-self-start"
        pending={tick.isPending}
        disabledReason={evidence.id.trim() === "" ? "Say what shows it." : null}
        onClick={() => tick.mutate({ itemId: acts.id, point, evidence })}
      >
        Tick this point
      </Button>
    </div>
  );
}

function Untick({ acts, point }: { acts: Acts; point: string }) {
  const trpc = useTRPC();
  const untick = useMutation(trpc.itemActs.untick.mutationOptions({ onSettled: useActsOver() }));
  return (
    <ReasonDialog
      label="Take back"
      title="Take this tick back?"
      description={point}
      disabledReason={acts.may.move.allowed ? null : acts.may.move.says}
      withReason
      isPending={untick.isPending}
      error={untick.error}
      onConfirm={(reason, close) => untick.mutate({ itemId: acts.id, point, reason }, { onSuccess: close })}
    />
  );
}
