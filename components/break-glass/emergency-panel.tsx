"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { REASON_MAX_BYTES } from "#server/domain/job/limits.ts";

/** For the people whom the rules name, apart from everything else: the loud way around an approval. */
export function EmergencyPanel({ job }: { job: JobFacts }) {
  if (!job.may.breakGlass.allowed) return null;
  return <BreakGlassForm job={job} />;
}

function BreakGlassForm({ job }: { job: JobFacts }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [typedTarget, setTypedTarget] = useState("");
  const isDestroying = job.effect === "destroy";
  const act = useMutation(
    trpc.emergencies.breakGlass.mutationOptions({
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id })),
          queryClient.invalidateQueries(trpc.inbox.pathFilter()),
        ]),
    }),
  );
  const { id: jobId, digest, nonce } = job;
  const go = () => act.mutate({ jobId, digest, nonce, reason, ...(isDestroying ? { typedTarget } : {}) });
  const stepUp = useStepUp({ error: act.error, again: go });
  const obstacle =
    reason.trim() === ""
      ? "Say why it cannot wait."
      : isDestroying && typedTarget !== job.tenant.slug
        ? `Type ${job.tenant.slug}.`
        : null;
  return (
    <Section
      title="Emergency"
      description="Only when nobody can approve in time. Everybody is told on every page until two others have looked at it."
      className="rounded-md border border-bad-mark/35 bg-bad-soft p-3"
    >
      {stepUp.dialog}
      {isOpen ? (
        <form
          className="grid gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (obstacle === null && !act.isPending) go();
          }}
        >
          <p className="max-w-[70ch]">
            This lets exactly this plan go without its approval. Nothing is sent before it is signed with a
            key of somebody other than {job.requester.name}, who asked for it.
          </p>
          <Field label="Why it cannot wait">
            {(control) => (
              <Textarea
                {...control}
                rows={2}
                maxLength={REASON_MAX_BYTES}
                value={reason}
                onChange={({ target }) => setReason(target.value)}
              />
            )}
          </Field>
          {isDestroying && (
            <Field label={`Type ${job.tenant.slug}: this destroys what belongs to it`}>
              {(control) => (
                <Input
                  {...control}
                  value={typedTarget}
                  onChange={({ target }) => setTypedTarget(target.value)}
                />
              )}
            </Field>
          )}
          <RefusalNotice error={stepUp.error} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="danger" pending={act.isPending} disabledReason={obstacle}>
              Break the glass
            </Button>
          </div>
        </form>
      ) : (
        <div>
          <Button variant="danger" onClick={() => setOpen(true)}>
            Go without an approval
          </Button>
        </div>
      )}
    </Section>
  );
}
