"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Resolution } from "#server/domain/job/states.ts";
import type { JobFacts } from "./job-data.ts";
import { RESOLUTION_WORDS } from "./job-mark.tsx";

const OPTIONS = [
  { value: "happened", label: "It happened", hint: "You looked in the cloud, and the change is there." },
  { value: "did_not_happen", label: "It did not happen", hint: "You looked, and nothing of it is there." },
  { value: "partly", label: "A part of it happened", hint: "Say in the reason which part." },
] as const satisfies readonly { value: Resolution; label: string; hint: string }[];

function Given({ job }: { job: JobFacts }) {
  return job.resolutions.map((one) => (
    <div key={one.personId} className="grid gap-0.5">
      <p className="flex flex-wrap items-center gap-x-2">
        <Person name={one.name} />
        <span className="text-ink-2">
          says that {RESOLUTION_WORDS[one.verdict]}, <RelativeTime at={one.at} />
        </span>
      </p>
      <p className="max-w-[70ch] pl-6.5 whitespace-pre-wrap wrap-anywhere">{one.reason}</p>
    </div>
  ));
}

/** Every call that was announced: what is known of it, and what was seen when its answer was lost. */
function Known({ job }: { job: JobFacts }) {
  const probes = job.journal.filter(({ kind }) => kind === "probed");
  const announced = job.journal.filter(({ kind }) => kind === "intent").length;
  const known = job.journal.filter(({ kind }) => kind === "outcome").length;
  return (
    <div className="grid gap-1">
      <p>
        {known} of {announced} announced {announced === 1 ? "call" : "calls"} have a known outcome.
        {probes.length === 0 && " Nothing could be looked up."}
      </p>
      {probes.length > 0 && (
        <ul aria-label="What was looked up" className="grid gap-1">
          {probes.map(({ seq, callId, body, at }) => (
            <li key={seq} className="max-w-[70ch] wrap-anywhere">
              <code>{callId}</code>: {probeSays(body)} <RelativeTime at={at} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function probeSays(body: JobFacts["journal"][number]["body"]): string {
  const says = typeof body === "object" && body !== null && "says" in body ? body["says"] : null;
  return typeof says === "string" ? says : "";
}

/** Who decides, as long as it is open. */
function Deciding({ job }: { job: JobFacts }) {
  const verdicts = new Set(job.resolutions.map(({ verdict }) => verdict));
  if (job.resolvedAt !== null || verdicts.size < 2) return null;
  return (
    <Notice title="The answers so far differ, so nothing is settled. One more person has to look; two equal answers decide." />
  );
}

/** An outcome that nobody knows: two people look in the cloud and say what they saw. */
export function SettlePanel({ job }: { job: JobFacts }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [verdict, setVerdict] = useState<Resolution | null>(null);
  const [reason, setReason] = useState("");
  const resolve = useMutation(
    trpc.jobs.resolve.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id })),
    }),
  );
  if (job.state !== "outcome_unknown") return null;
  const missing =
    verdict === null ? "Say what you saw." : reason.trim() === "" ? "Give a reason: how you know." : null;
  return (
    <Section
      title={job.resolvedAt === null ? "Settle the outcome" : "The outcome was settled"}
      description="A call was sent and its answer was lost. Two people look and say the same before this tenant can go on; nothing is sent again."
    >
      <Known job={job} />
      <Given job={job} />
      <Deciding job={job} />
      {job.resolvedAt === null &&
        (job.may.resolve.allowed ? (
          <div className="grid max-w-140 gap-4">
            <RadioGroup
              name="verdict"
              legend="What you saw in the cloud"
              options={OPTIONS}
              value={verdict}
              onValueChange={setVerdict}
            />
            <ReasonField value={reason} onChange={setReason} hint="How you looked and what you found." />
            <RefusalNotice error={resolve.error} />
            <Button
              variant="primary"
              className="justify-self-start"
              pending={resolve.isPending}
              disabledReason={missing}
              onClick={() => {
                if (verdict !== null) resolve.mutate({ jobId: job.id, verdict, reason });
              }}
            >
              Record what I saw
            </Button>
          </div>
        ) : (
          <Notice title={job.may.resolve.says ?? "You cannot settle this outcome."} />
        ))}
    </Section>
  );
}
