"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Check } from "./check-data.ts";
import { readExpectations, readParameters, writeExpectations, writeParameters } from "./settings-text.ts";

type Target = Check["settings"]["target"];

const keyOf = (target: Target) =>
  target === null ? "" : target.kind === "cloud" ? `cloud ${target.cloudName}` : `tenant ${target.tenantId}`;

function targetOf(key: string): Target {
  const blank = key.indexOf(" ");
  const [kind, value] = [key.slice(0, Math.max(0, blank)), key.slice(blank + 1)];
  if (kind === "cloud") return { kind: "cloud", cloudName: value };
  return kind === "tenant" ? { kind: "tenant", tenantId: value } : null;
}

function useTargets(isOpen: boolean) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.checks.targets.queryOptions({}, { enabled: isOpen }));
  return [
    { value: "", label: "Nothing that jobs change" },
    ...(data?.clouds ?? []).map(({ name }) => ({ value: `cloud ${name}`, label: `Cloud ${name}` })),
    ...(data?.tenants ?? []).map(({ id, slug }) => ({ value: `tenant ${id}`, label: `Tenant ${slug}` })),
  ];
}

function SettingsForm({ check, close }: { check: Check; close: () => void }) {
  const trpc = useTRPC();
  const { settings, settingsNumber: base, item } = check;
  const targets = useTargets(true);
  const [target, setTarget] = useState(keyOf(settings.target));
  const [hours, setHours] = useState(String(settings.freshMinutes / 60));
  const [seconds, setSeconds] = useState(String(settings.timeSeconds));
  const [parameters, setParameters] = useState(writeParameters(settings.parameters));
  const [expectations, setExpectations] = useState(writeExpectations(settings.expectations));
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const save = useMutation(trpc.checks.set.mutationOptions({ onSuccess: close }));
  function submit(event: FormEvent) {
    event.preventDefault();
    const declared = readParameters(parameters);
    const expected = readExpectations(expectations);
    const refused = declared.kind === "refused" ? declared : expected.kind === "refused" ? expected : null;
    setProblem(refused?.says ?? null);
    if (declared.kind === "refused" || expected.kind === "refused" || save.isPending) return;
    save.mutate({
      itemId: item.id,
      base,
      settings: {
        target: targetOf(target),
        freshMinutes: Math.round(Number(hours) * 60),
        timeSeconds: Number(seconds),
        parameters: declared.values,
        expectations: expected.values,
      },
      reason,
    });
  }
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Looks at" hint="A change of it makes an older result stale.">
          {(control) => (
            <Select
              {...control}
              value={target}
              options={targets}
              onChange={({ target: { value } }) => setTarget(value)}
            />
          )}
        </Field>
        <Field label="Counts for, in hours">
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              value={hours}
              onChange={({ target: { value } }) => setHours(value)}
            />
          )}
        </Field>
        <Field label="May run for, in seconds">
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={seconds}
              onChange={({ target: { value } }) => setSeconds(value)}
            />
          )}
        </Field>
      </div>
      <Field
        label="Expected of the result"
        optional
        hint='A line each: exit 0, matches /pattern/, not /pattern/, json servers.0.status = "ACTIVE". Without any, a person judges.'
      >
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={3}
            value={expectations}
            onChange={({ target: { value } }) => setExpectations(value)}
          />
        )}
      </Field>
      <Field
        label="Parameters"
        optional
        hint="A line each: BLOCK_TENANT word. Types: word, integer, uuid, address, cidr. Another name or type ends attestations."
      >
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={2}
            value={parameters}
            onChange={({ target: { value } }) => setParameters(value)}
          />
        )}
      </Field>
      <Field label="Reason to change it" error={errorOfField(save.error, "reason")}>
        {(control) => (
          <Input {...control} value={reason} onChange={({ target: { value } }) => setReason(value)} />
        )}
      </Field>
      {problem !== null && <Notice kind="danger" title={problem} live />}
      <RefusalNotice error={save.error} />
      <div className="flex gap-2">
        <Button type="submit" variant="primary" pending={save.isPending}>
          Save
        </Button>
        <Button onClick={close}>Cancel</Button>
      </div>
    </form>
  );
}

/** How the check is run and judged. */
export function SettingsPart({ check }: { check: Check }) {
  const [isOpen, setOpen] = useState(false);
  const { settings, expected, may } = check;
  const targets = useTargets(settings.target !== null);
  const target =
    targets.find(({ value }) => value === keyOf(settings.target))?.label ?? keyOf(settings.target);
  return (
    <Section
      title="How it is judged"
      actions={
        !isOpen && (
          <Button
            size="sm"
            disabledReason={may.set.allowed ? null : may.set.says}
            onClick={() => setOpen(true)}
          >
            Change
          </Button>
        )
      }
    >
      {isOpen ? (
        <SettingsForm check={check} close={() => setOpen(false)} />
      ) : (
        <ul className="grid gap-1 text-ink-2">
          <li>Looks at: {target === "" ? "nothing that jobs change" : target}</li>
          <li>
            A result counts for {Math.round((settings.freshMinutes / 60) * 10) / 10} hours; it may run for{" "}
            {settings.timeSeconds} seconds.
          </li>
          {expected.length === 0 ? (
            <li>Nothing is expected by rule: a person reads the output and records passed or failed.</li>
          ) : (
            expected.map((says) => (
              <li key={says} className="wrap-anywhere">
                Expected: {says}
              </li>
            ))
          )}
        </ul>
      )}
    </Section>
  );
}
