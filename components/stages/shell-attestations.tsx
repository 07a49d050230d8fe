"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { ReasonAct } from "#components/checks/reason-act.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { AppRouter } from "#server/api/root.ts";

type StageRef = { tenantId: string; stageKey: string };
type ShellStepFacts = inferRouterOutputs<AppRouter>["shell"]["steps"][number];

/** The checks on hosts of a stage: who attests that each only reads, and the way to do so. */
export function ShellAttestations({ stage }: { stage: StageRef }) {
  const trpc = useTRPC();
  const { data: steps } = useSuspenseQuery(trpc.shell.steps.queryOptions(stage));
  const checks = steps.filter(({ isCheck }) => isCheck);
  if (checks.length === 0) return null;
  return (
    <Section title="Attested as read-only">
      <ul className="grid gap-4">
        {checks.map((step) => (
          <Check key={step.stepId} step={step} stage={stage} />
        ))}
      </ul>
    </Section>
  );
}

function Check({ step, stage }: { step: ShellStepFacts; stage: StageRef }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const attest = useMutation(
    trpc.shell.attest.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: trpc.shell.steps.queryKey(stage) }),
    }),
  );
  const { stepId, attesters, needed, host, digest, may, obstacle } = step;
  const missing = needed - attesters.length;
  return (
    <li className="grid gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-mono">{stepId}</span>
        <StateMark
          state={missing <= 0 ? "passed" : "waiting"}
          label={
            missing <= 0
              ? "Passed: two people attest exactly this text. It runs without approval."
              : `Waiting for ${missing === 1 ? "one more person" : "two people"}. Until then it needs approval like any text that nobody knows.`
          }
        />
      </div>
      <p className="text-small text-ink-2">
        {host === null ? obstacle : `On ${host.name}, as ${host.identity}.`}{" "}
        {digest !== null && <Mono head={15}>{digest}</Mono>}
      </p>
      {attesters.map(({ id, name, reason, at }) => (
        <p key={id} className="text-small">
          <span className="font-medium">{name}</span>{" "}
          <span className="text-ink-2">
            <RelativeTime at={at} />: {reason}
          </span>
        </p>
      ))}
      <ReasonAct
        label={`Attest ${stepId}`}
        hint="You say that exactly this text, on this host, as this account, changes nothing. Any edit ends it."
        disabledReason={may.attest.allowed && digest !== null ? null : (may.attest.says ?? "It has no host.")}
        isPending={attest.isPending}
        error={attest.error}
        onAct={(reason) => attest.mutate({ ...stage, stepId, digest: digest ?? "", reason })}
      />
    </li>
  );
}
