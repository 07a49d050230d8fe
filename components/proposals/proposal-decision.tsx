"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { ProposalFacts } from "./proposal-facts.ts";

function useDecision() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = async () => {
    await Promise.all([
      queryClient.invalidateQueries(trpc.proposals.pathFilter()),
      queryClient.invalidateQueries(trpc.inbox.pathFilter()),
    ]);
  };
  const approve = useMutation(trpc.proposals.approve.mutationOptions({ onSettled }));
  const reject = useMutation(trpc.proposals.reject.mutationOptions({ onSettled }));
  const withdraw = useMutation(trpc.proposals.withdraw.mutationOptions({ onSettled }));
  return { approve, reject, withdraw };
}

function Decided({ proposal }: { proposal: ProposalFacts }) {
  return (
    <div role="status" className="grid gap-2">
      {proposal.decider !== null && proposal.decidedAt !== null && (
        <p className="flex flex-wrap items-center gap-x-2">
          <Person name={proposal.decider.name} />
          <span className="text-ink-2">
            {proposal.state === "applied" ? "approved it" : "refused it"}{" "}
            <RelativeTime at={proposal.decidedAt} />
          </span>
        </p>
      )}
      {proposal.state === "expired" && <p>Nobody decided this in time. Nothing was changed.</p>}
      {proposal.state === "withdrawn" && <p>{proposal.requester.name} withdrew it. Nothing was changed.</p>}
      {proposal.decisionReason !== null && (
        <blockquote className="max-w-[70ch] border-l-2 border-line-strong pl-3 whitespace-pre-wrap wrap-anywhere">
          {proposal.decisionReason}
        </blockquote>
      )}
    </div>
  );
}

function AwayNotice({ proposal }: { proposal: ProposalFacts }) {
  return (
    <Notice title={proposal.may.decide.says ?? "You cannot decide this proposal."}>
      {proposal.candidates.length > 0 &&
        `Who can: ${proposal.candidates.map(({ name }) => name).join(", ")}. It waits in their inbox.`}
    </Notice>
  );
}

/** The decision of a second person, or of whoever asked to take it back. */
export function ProposalDecision({ proposal }: { proposal: ProposalFacts }) {
  const [reason, setReason] = useState("");
  const { approve, reject, withdraw } = useDecision();
  const answer = { proposalId: proposal.id, digest: proposal.digest, reason };
  const stepUp = useStepUp({ error: approve.error, again: () => approve.mutate(answer) });
  if (proposal.state !== "awaiting") {
    return (
      <Section title="Decision">
        <Decided proposal={proposal} />
      </Section>
    );
  }
  const { decide, withdraw: mayWithdraw } = proposal.may;
  const isPending = approve.isPending || reject.isPending || withdraw.isPending;
  const noReason = reason.trim() === "" ? "Give a reason: it is what the next person reads." : null;
  return (
    <Section title="Decide">
      {!decide.allowed && <AwayNotice proposal={proposal} />}
      {(decide.allowed || mayWithdraw.allowed) && (
        <>
          <ReasonField value={reason} onChange={setReason} hint="Goes on record with your name." />
          {stepUp.dialog}
          <RefusalNotice error={stepUp.error ?? reject.error ?? withdraw.error} />
          <div className="flex flex-wrap justify-end gap-2 max-sm:grid">
            {mayWithdraw.allowed && (
              <Button
                size="lg"
                pending={withdraw.isPending}
                disabledReason={noReason}
                onClick={() => !isPending && withdraw.mutate({ proposalId: proposal.id, reason })}
              >
                Withdraw
              </Button>
            )}
            {decide.allowed && (
              <>
                <Button
                  size="lg"
                  pending={reject.isPending}
                  disabledReason={noReason}
                  onClick={() => {
                    approve.reset();
                    if (!isPending) reject.mutate(answer);
                  }}
                >
                  Refuse
                </Button>
                <Button
                  size="lg"
                  variant="primary"
                  pending={approve.isPending}
                  disabledReason={proposal.drift === null ? noReason : proposal.drift}
                  onClick={() => {
                    reject.reset();
                    if (!isPending) approve.mutate(answer);
                  }}
                >
                  Approve
                </Button>
              </>
            )}
          </div>
        </>
      )}
    </Section>
  );
}
