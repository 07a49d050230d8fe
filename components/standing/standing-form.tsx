"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { AppRouter } from "#server/api/root.ts";
import { STANDING_DAYS_MAX, STANDING_USES_MAX } from "#server/domain/standing/limits.ts";

type Pattern = inferRouterOutputs<AppRouter>["standing"]["patterns"][number];

const DAY_MS = 24 * 60 * 60 * 1000;

/** Asks for a standing approval after the shape of a change that succeeded: its stage's bytes, operations, parameters. */
export function StandingForm({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const patterns = useQuery(trpc.standing.patterns.queryOptions({}));
  const [jobId, setJobId] = useState("");
  const [name, setName] = useState("");
  const [uses, setUses] = useState("5");
  const [days, setDays] = useState("7");
  const [isForTenant, setForTenant] = useState(true);
  const [fixed, setFixed] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState("");
  const propose = useMutation(
    trpc.standing.propose.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const pattern = patterns.data?.find((one) => one.jobId === jobId) ?? patterns.data?.[0];

  function submit() {
    if (pattern === undefined) return;
    const now = Date.now();
    propose.mutate({
      content: {
        name,
        stageKey: pattern.stageKey,
        stageHash: pattern.stageHash,
        cloudId: pattern.cloudId,
        tenants: isForTenant ? [pattern.tenant.id] : [],
        operations: pattern.operations,
        parameters: boundsOf(pattern, fixed),
        maxUses: Number(uses),
        from: new Date(now).toISOString(),
        until: new Date(now + Number(days) * DAY_MS).toISOString(),
        replaces: null,
      },
      reason,
    });
  }

  return (
    <AskDialog
      title="Propose a standing approval"
      description="A change that was run may then run again without a fresh approval. A reviewer has to agree."
      confirm="Ask a second person"
      reason={reason}
      onReason={setReason}
      isPending={propose.isPending}
      error={propose.error}
      close={close}
      onSubmit={submit}
    >
      {pattern === undefined ? (
        <p className="text-ink-2">
          {patterns.isPending
            ? "Looking for changes that succeeded."
            : "No change has succeeded yet to make one after."}
        </p>
      ) : (
        <>
          <Field label="After the change" hint="Its exact text and operations are what may run again.">
            {(control) => (
              <Select
                {...control}
                value={pattern.jobId}
                onChange={({ target }) => setJobId(target.value)}
                options={(patterns.data ?? []).map((one) => ({
                  value: one.jobId,
                  label: `Job ${one.number}: ${one.stageTitle}, ${one.tenant.slug}`,
                }))}
              />
            )}
          </Field>
          <Field label="Name">
            {(control) => (
              <Input
                {...control}
                value={name}
                maxLength={80}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
          <div className="grid grid-cols-2 gap-3">
            <Field label="Uses">
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  min={1}
                  max={STANDING_USES_MAX}
                  value={uses}
                  onChange={({ target }) => setUses(target.value)}
                />
              )}
            </Field>
            <Field label="Days">
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  min={1}
                  max={STANDING_DAYS_MAX}
                  value={days}
                  onChange={({ target }) => setDays(target.value)}
                />
              )}
            </Field>
          </div>
          <Checkbox
            label={`For the tenant ${pattern.tenant.slug} alone`}
            checked={isForTenant}
            onChange={({ target }) => setForTenant(target.checked)}
          />
          <FixedParameters pattern={pattern} fixed={fixed} onChange={setFixed} />
        </>
      )}
    </AskDialog>
  );
}

type FixedParametersProps = {
  pattern: Pattern;
  fixed: ReadonlySet<string>;
  onChange: (fixed: ReadonlySet<string>) => void;
};

function FixedParameters({ pattern, fixed, onChange }: FixedParametersProps) {
  return (
    <fieldset className="grid gap-1.5">
      <legend className="pb-1 font-medium">Parameters that have to be exactly as they were</legend>
      {pattern.parameters.map((one) => {
        const key = keyOf(one);
        return (
          <Checkbox
            key={key}
            label={`${one.name} of ${one.operation}`}
            hint={<span className="font-mono wrap-anywhere">{JSON.stringify(one.value)}</span>}
            checked={fixed.has(key)}
            onChange={({ target }) => onChange(withKey(fixed, key, target.checked))}
          />
        );
      })}
    </fieldset>
  );
}

const keyOf = ({ operation, name }: Pattern["parameters"][number]) => `${operation} ${name}`;

function boundsOf(pattern: Pattern, fixed: ReadonlySet<string>) {
  return pattern.parameters.map((one) => ({
    operation: one.operation,
    name: one.name,
    allowed: fixed.has(keyOf(one)) ? [one.value] : null,
  }));
}

function withKey(keys: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(keys);
  if (isIn) next.add(key);
  else next.delete(key);
  return next;
}
