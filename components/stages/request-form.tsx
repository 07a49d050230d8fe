"use client";

import { useMutation } from "@tanstack/react-query";
import { Play, Send } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { May } from "#server/services/may.ts";
import { makeIntentionKey } from "./intention-key.ts";

export type AskProps = {
  planId: string;
  contentDigest: string;
  may: May;
  /** Plans the stage once more, for a preview that turned out to be stale. */
  again: () => void;
};

/** What the rules want of it and who could approve it, were I to ask. */
type WouldNeed = {
  needs: readonly string[];
  needed: number;
  candidates: readonly { id: string; name: string }[];
};

function WhoCanApprove({ needs, needed, candidates }: WouldNeed) {
  if (needs.length === 0) {
    return <Notice kind="warning" title="No approval rule is about this, so it may not be asked for" />;
  }
  if (candidates.length < needed) {
    const names = candidates.map(({ name }) => name).join(", ");
    return (
      <Notice
        kind="warning"
        title={
          candidates.length === 0
            ? "Nobody but you: ask for a reviewer"
            : `Only ${names} could approve this, and it takes ${needed} people`
        }
      >
        {needs.join(" ")} An admin can add somebody under People; a request waits 24 hours.
      </Notice>
    );
  }
  return (
    <p className="text-small text-ink-2">
      {needs.join(" ")} Who can approve it: {candidates.map(({ name }) => name).join(", ")}.
    </p>
  );
}

type Start = "on_approval" | "by_hand";

const STARTS = [
  {
    value: "on_approval",
    label: "Start as soon as it is approved",
    hint: "The runner takes it up by itself. You need not be here.",
  },
  {
    value: "by_hand",
    label: "Start it myself after the approval",
    hint: "It waits, approved, until you start it, at most 24 hours.",
  },
] as const;

/** Asks for a change. The key is made once per preview, so a double click or a retry finds the same job. */
export function RequestForm({
  planId,
  contentDigest,
  may,
  again,
  wouldNeed,
  destroys,
}: AskProps & {
  wouldNeed: WouldNeed | null;
  /** Name of the tenant whose things the plan destroys, to be typed; null when it destroys nothing. */
  destroys: string | null;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const [idempotencyKey] = useState(makeIntentionKey);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [start, setStart] = useState<Start>("on_approval");
  const request = useMutation(
    trpc.jobs.request.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  const pending = request.isPending || request.isSuccess;
  const ofReason = errorOfField(request.error, "reason");
  const ofTyped = errorOfField(request.error, "typedTarget");
  const isUntyped = destroys !== null && typed !== destroys;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (pending || !may.allowed || isUntyped) return;
    const startsOnApproval = start === "on_approval";
    const named = destroys === null ? {} : { typedTarget: typed };
    request.mutate({ planId, contentDigest, idempotencyKey, reason, startsOnApproval, ...named });
  }

  return (
    <form onSubmit={submit} className="grid max-w-[70ch] gap-4">
      <Field label="Reason" hint="What the reviewer reads first: why this change, why now." error={ofReason}>
        {(control) => (
          <Textarea
            {...control}
            name="reason"
            rows={2}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        )}
      </Field>
      {destroys !== null && (
        <Field
          label={`Type ${destroys} to ask for it`}
          hint="This plan destroys what belongs to that tenant, and nothing brings it back."
          error={ofTyped}
        >
          {(control) => (
            <Input
              {...control}
              mono
              autoComplete="off"
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
      )}
      <RadioGroup<Start>
        name="start"
        legend="When it starts"
        options={STARTS}
        value={start}
        onValueChange={setStart}
      />
      {wouldNeed !== null && <WhoCanApprove {...wouldNeed} />}
      {ofReason === null && ofTyped === null && (
        <RefusalNotice error={request.error} action={<AgainButton again={again} />} />
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          variant="primary"
          icon={<Send />}
          pending={pending}
          disabledReason={
            !may.allowed ? may.says : isUntyped ? `Type ${destroys} first: this plan destroys.` : null
          }
        >
          Request approval
        </Button>
        <p className="text-small text-ink-2">
          {may.allowed
            ? "Exactly this plan is frozen. A second person decides; nothing runs before."
            : may.says}
        </p>
      </div>
    </form>
  );
}

/** Runs a plan that sends nothing: no second person, the same record. */
export function RunButton({ planId, contentDigest, may, again }: AskProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [idempotencyKey] = useState(makeIntentionKey);
  const run = useMutation(
    trpc.jobs.runRead.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  return (
    <div className="grid gap-3">
      <RefusalNotice error={run.error} action={<AgainButton again={again} />} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          icon={<Play />}
          pending={run.isPending || run.isSuccess}
          disabledReason={may.allowed ? null : may.says}
          onClick={() => run.mutate({ planId, contentDigest, idempotencyKey })}
        >
          Run
        </Button>
        <p className="text-small text-ink-2">
          {may.allowed
            ? "Nothing is changed, so nobody has to approve. The run is recorded like any other."
            : may.says}
        </p>
      </div>
    </div>
  );
}

function AgainButton({ again }: { again: () => void }) {
  return (
    <Button size="sm" onClick={again}>
      Preview again
    </Button>
  );
}
