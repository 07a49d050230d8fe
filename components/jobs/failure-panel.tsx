"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Choice } from "#server/domain/job/states.ts";
import type { JobFacts } from "./job-data.ts";

const OPTIONS = [
  {
    value: "retry",
    label: "Try it again",
    hint: "The next preview goes on from this step. It is approved anew.",
  },
  {
    value: "skip",
    label: "Go on without it",
    hint: "The next preview leaves this step out. The stage is not proven by that run.",
  },
  { value: "stop", label: "Stop here", hint: "What is done stays as it is; the rest is not run." },
] as const satisfies readonly { value: Choice; label: string; hint: string }[];

const CHOSEN: Readonly<Record<string, string>> = {
  retry: "It is tried again",
  skip: "The stage goes on without it",
  stop: "The stage stops here",
};

/** After a step has failed: what is left, and how the stage goes on. */
export function FailurePanel({ job }: { job: JobFacts }) {
  const { failure } = job;
  if (failure === null) return null;
  const at = job.plan.steps.findIndex(({ id }) => id === failure.stepId);
  const rest = job.plan.steps.slice(at + 1);
  return (
    <Section title={`Step ${failure.stepId} failed`}>
      <div className="grid gap-3">
        <p className="max-w-[70ch] text-ink-2">
          {rest.length === 0
            ? "It was the last step; the gate was not judged."
            : `Not done after it: ${rest.map(({ words }) => words.title).join(", ")}, and the gate.`}
        </p>
        {failure.choice !== null ? (
          <Chosen job={job} choice={failure.choice} />
        ) : failure.isNewest ? (
          <Choose job={job} />
        ) : (
          <p className="text-ink-2">A later job of this stage has run since.</p>
        )}
      </div>
    </Section>
  );
}

function Chosen({
  job,
  choice,
}: {
  job: JobFacts;
  choice: NonNullable<NonNullable<JobFacts["failure"]>["choice"]>;
}) {
  const href = `/tenants/${job.tenant.id}/stages/${encodeURIComponent(job.stageKey)}`;
  return (
    <Notice
      kind="info"
      title={CHOSEN[choice.choice] ?? choice.choice}
      {...(choice.choice === "stop"
        ? {}
        : {
            action: (
              <ButtonLink size="sm" href={href}>
                Preview the rest
              </ButtonLink>
            ),
          })}
    >
      {choice.by}, <RelativeTime at={choice.at} />: {choice.reason}
    </Notice>
  );
}

function Choose({ job }: { job: JobFacts }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [reason, setReason] = useState("");
  const choose = useMutation(
    trpc.jobs.choose.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: trpc.jobs.get.queryKey({ jobId: job.id }) }),
    }),
  );
  const { choose: may } = job.may;
  return (
    <div className="grid gap-3">
      <RadioGroup
        name="choice"
        legend="How the stage goes on"
        options={OPTIONS}
        value={choice}
        onValueChange={setChoice}
      />
      <ReasonField value={reason} onChange={setReason} hint="What failed, and why you choose so." />
      <RefusalNotice error={choose.error} />
      <div>
        <Button
          pending={choose.isPending}
          disabledReason={
            may.allowed
              ? choice === null
                ? "Choose first."
                : reason.trim() === ""
                  ? "Give a reason."
                  : null
              : may.says
          }
          onClick={() => choice !== null && choose.mutate({ jobId: job.id, choice, reason })}
        >
          Record the choice
        </Button>
      </div>
    </div>
  );
}
