"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { May } from "#server/services/may.ts";
import { HandoverDialog } from "./handover-dialog.tsx";
import { useHandover } from "./use-handover.ts";

type HandoverBoxProps = {
  tenantId: string;
  slug: string;
  facts: {
    tenant: { handedOverAt: Date | null };
    stages: readonly { progress: { isPassed: boolean } | null }[];
    handover: { state: "requested" | "ready" | "revealed" | "failed" | null; may: May };
  };
};

function standing({ stages, handover }: HandoverBoxProps["facts"]) {
  if (handover.state === "revealed") return { state: "passed", label: "Handed over" } as const;
  if (!stages.every(({ progress }) => progress?.isPassed === true)) {
    return { state: "locked", label: "Opens when every stage has passed" } as const;
  }
  return handover.state === "requested" || handover.state === "ready"
    ? ({ state: "open", label: "Asked for, not opened yet" } as const)
    : ({ state: "open", label: "Open" } as const);
}

/** The last act of an onboarding: the set goes to the client, once, and the console forgets it. */
export function HandoverBox({ tenantId, slug, facts }: HandoverBoxProps) {
  const [open, setOpen] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const handover = useHandover(tenantId);
  const { state, label } = standing(facts);
  const { may } = facts.handover;
  const close = () => {
    setOpen(false);
    setLeaving(false);
    handover.reset();
  };
  return (
    <Section title="Hand-over">
      <div className="grid justify-items-start gap-2">
        <StateMark state={state} label={label} />
        {facts.tenant.handedOverAt !== null && (
          <p className="text-ink-2">
            Done <RelativeTime at={facts.tenant.handedOverAt} />. The console no longer holds this tenant's
            credentials.
          </p>
        )}
        {state === "open" && (
          <>
            <p className="text-ink-2">
              {may.allowed
                ? "The client gets the dashboard's address, the domain, its manager's account and password, and the CA."
                : may.says}
            </p>
            <Button
              variant="primary"
              icon={<KeyRound />}
              disabledReason={may.allowed ? null : may.says}
              onClick={() => setOpen(true)}
            >
              Hand over
            </Button>
          </>
        )}
      </div>
      <Dialog
        open={open}
        onOpenChange={() => {
          const { kind } = handover.step;
          if (kind === "open") setLeaving(true);
          else if (kind !== "working") close();
        }}
      >
        <HandoverDialog
          slug={slug}
          handover={handover}
          isLeaving={isLeaving}
          setLeaving={setLeaving}
          close={close}
        />
      </Dialog>
    </Section>
  );
}
