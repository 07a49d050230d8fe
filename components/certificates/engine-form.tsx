"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { BackendPageData } from "./certificate-data.ts";

const FIELDS = ["addr", "mount", "roles.adm", "roles.agt", "roles.atm", "publicKey"].map(
  (name) => `engine.${name}`,
);

/** Describes an engine and has it tried out from here. */
export function EngineForm({ page }: { page: BackendPageData }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const known = page.trials[0]?.engine ?? page.engine;
  const [addr, setAddr] = useState(known?.addr ?? page.token?.addr ?? "");
  const [mount, setMount] = useState(known?.mount ?? "ssh");
  const [roles, setRoles] = useState(known?.roles ?? { adm: "adm-role", agt: "agt-role", atm: "atm-role" });
  const [publicKey, setPublicKey] = useState(known?.publicKey ?? "");
  const attempt = useMutation(
    trpc.certificates.tryEngine.mutationOptions({
      onError: (error) => error.data?.refusal?.reason === "private_key" && setPublicKey(""),
      onSuccess: () => queries.invalidateQueries(trpc.certificates.backend.pathFilter()),
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!attempt.isPending) attempt.mutate({ engine: { addr, mount, roles, publicKey } });
  };
  return (
    <Section
      title="Try an engine out"
      description="The runner reads its roles, holds their hours against the caps, and has a throw-away key signed for each type that has an actor. Nothing changes by it."
    >
      <form onSubmit={submit} noValidate className="grid max-w-160 gap-4">
        <div className="grid gap-4 sm:grid-cols-[1fr_9rem]">
          <Field
            label="Address"
            hint="The token is for one address, and is sent to no other."
            error={errorOfField(attempt.error, "engine.addr")}
          >
            {(control) => (
              <Input
                {...control}
                mono
                placeholder="https://bao.example.org:8200"
                value={addr}
                onChange={({ target }) => setAddr(target.value)}
              />
            )}
          </Field>
          <Field label="Mount" error={errorOfField(attempt.error, "engine.mount")}>
            {(control) => (
              <Input {...control} mono value={mount} onChange={({ target }) => setMount(target.value)} />
            )}
          </Field>
        </div>
        <div className="grid gap-4 sm:grid-cols-3">
          {page.caps.map(({ type, hours }) => (
            <Field
              key={type}
              label={`Role for ${type}`}
              hint={`max_ttl at most ${hours} h`}
              error={errorOfField(attempt.error, `engine.roles.${type}`)}
            >
              {(control) => (
                <Input
                  {...control}
                  mono
                  value={roles[type]}
                  onChange={({ target }) => setRoles({ ...roles, [type]: target.value })}
                />
              )}
            </Field>
          ))}
        </div>
        <Field
          label="Its public key"
          hint="The engine's authority, as hosts trust it: one line. What it signs under another one is not given out."
          error={errorOfField(attempt.error, "engine.publicKey")}
        >
          {(control) => (
            <Textarea
              {...control}
              mono
              rows={3}
              spellCheck={false}
              value={publicKey}
              onChange={({ target }) => setPublicKey(target.value)}
            />
          )}
        </Field>
        {!FIELDS.some((field) => errorOfField(attempt.error, field) !== null) && (
          <RefusalNotice error={attempt.error} />
        )}
        <Button
          type="submit"
          variant="primary"
          pending={attempt.isPending}
          disabledReason={page.may.try.allowed ? null : page.may.try.says}
          className="justify-self-start"
        >
          Try it out
        </Button>
      </form>
    </Section>
  );
}
