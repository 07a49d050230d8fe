"use client";

import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ReasonDialog } from "#components/jobs/reason-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Section } from "#components/ui/section.tsx";
import { StandingForm } from "./standing-form.tsx";

const STATE_WORDS = {
  in_force: "in force",
  used_up: "used up",
  over: "over",
  withdrawn: "withdrawn",
} as const;

/** Changes that two people let run without a fresh approval; made and ended by two people. */
export function StandingSection() {
  const trpc = useTRPC();
  const router = useRouter();
  const { data } = useSuspenseQuery(trpc.standing.list.queryOptions({}));
  const [isAsking, setAsking] = useState(false);
  const { propose } = data.may;
  const withdraw = useMutation(
    trpc.standing.proposeWithdrawal.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  return (
    <Section
      title="Standing approvals"
      description="Changes that two people let run again without a fresh approval, within bounds. Never what destroys."
      actions={
        <Button
          size="sm"
          disabledReason={propose.allowed ? null : propose.says}
          onClick={() => setAsking(true)}
        >
          Propose one
        </Button>
      }
    >
      {isAsking && <StandingForm close={() => setAsking(false)} />}
      {data.standings.length === 0 ? (
        <EmptyState size="line" title="There are none.">
          Every change takes a second person's approval. A change that was run can be let run again.
        </EmptyState>
      ) : (
        <ul className="grid gap-4">
          {data.standings.map((one) => (
            <li key={one.id} className="grid gap-2 rounded-md border border-line px-3 py-2.5">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span className="font-medium">
                  Standing approval {one.number}: {one.name}
                </span>
                <span className="tnum text-ink-2">
                  {STATE_WORDS[one.state]}, {one.used} of {one.maxUses} uses taken
                </span>
                {one.state === "in_force" && (
                  <span className="ml-auto">
                    <ReasonDialog
                      label="Withdraw"
                      title={`Withdraw standing approval ${one.number}?`}
                      description="A second person has to agree. Until then it holds; a freeze stops it at once."
                      disabledReason={propose.allowed ? null : propose.says}
                      withReason
                      isPending={withdraw.isPending}
                      error={withdraw.error}
                      onConfirm={(reason) => withdraw.mutate({ content: { standingId: one.id }, reason })}
                    />
                  </span>
                )}
              </div>
              <ul className="grid max-w-[80ch] list-disc gap-0.5 pl-5 text-small text-ink-2 wrap-anywhere">
                {one.sentences.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
              <p className="text-small text-ink-2">
                Asked for by {one.madeBy} and agreed to by {one.agreedBy}.{" "}
                <Link href={`/settings/proposals/${one.proposalId}`}>See why</Link>
              </p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
