"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { useTicking } from "#components/ui/clock.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatElapsed } from "#components/ui/time-format.ts";
import type { HostFacts } from "./guest-data.ts";

type Armed = NonNullable<HostFacts["recovery"]>;

function Countdown({ until }: { until: Date }) {
  const end = new Date(until).getTime();
  const left = useTicking((now) => formatElapsed(end - now));
  return <span className="tnum font-medium">{left}</span>;
}

function ArmedMode({ facts, armed }: { facts: HostFacts; armed: Armed }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const end = useMutation(
    trpc.guests.endRecovery.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.guests.pathFilter()),
    }),
  );
  const { endRecovery } = facts.may;
  return (
    <Notice kind="warning" title="Recovery mode is armed">
      <p>
        It ends by itself in <Countdown until={armed.until} />. {armed.armedBy} armed it: {armed.reason}
      </p>
      <Button
        className="mt-2 justify-self-start"
        disabledReason={endRecovery.allowed ? null : endRecovery.says}
        pending={end.isPending}
        onClick={() => end.mutate({ tenantId: facts.host.id })}
      >
        End recovery mode
      </Button>
      <RefusalNotice error={end.error} />
    </Notice>
  );
}

function ArmForm({ facts }: { facts: HostFacts }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [minutes, setMinutes] = useState("30");
  const [reason, setReason] = useState("");
  const arm = useMutation(
    trpc.guests.armRecovery.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.guests.pathFilter()),
    }),
  );
  const { armRecovery } = facts.may;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (arm.isPending || !armRecovery.allowed) return;
    arm.mutate({ tenantId: facts.host.id, seconds: Number(minutes) * 60, reason });
  };
  return (
    <form onSubmit={submit} noValidate className="grid max-w-3xl gap-3">
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <Field label="Minutes" hint="1 to 240">
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={minutes}
              onChange={({ target }) => setMinutes(target.value)}
            />
          )}
        </Field>
        <Field label="Why recovery is needed">
          {(control) => (
            <Input {...control} value={reason} onChange={({ target }) => setReason(target.value)} />
          )}
        </Field>
      </div>
      <Button
        type="submit"
        className="justify-self-start"
        disabledReason={armRecovery.allowed ? null : armRecovery.says}
        pending={arm.isPending}
      >
        Arm recovery mode
      </Button>
      <RefusalNotice error={arm.error} />
    </form>
  );
}

/** For a host whose token or signer is lost: closes it for everything but the replacement of the token, for a time. */
export function RecoveryMode({ facts }: { facts: HostFacts }) {
  const { recovery } = facts;
  return (
    <Section
      title="Recovery mode"
      description="For a lost token or a lost operational key. While it is armed nothing is planned on this host but the replacement of its API token, which a recovery key may then sign."
    >
      {recovery === null ? <ArmForm facts={facts} /> : <ArmedMode facts={facts} armed={recovery} />}
    </Section>
  );
}
