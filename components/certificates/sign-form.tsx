"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Stamp } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTRPC, useTRPCClient } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { CertificatePage } from "./certificate-data.ts";
import { SignSteps } from "./sign-steps.tsx";

const FIELDS = ["actor", "publicKey", "ttlHours"];

/** A public key and an actor in, a certificate or the step that refused out. */
export function SignForm({ page }: { page: CertificatePage }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const [actor, setActor] = useState("");
  const [publicKey, setPublicKey] = useState("");
  const [hours, setHours] = useState("");
  const ask = useMutation(
    trpc.certificates.request.mutationOptions({
      // Whatever was pasted does not stay on the screen: it may have been the wrong half.
      onError: (error) => error.data?.refusal?.reason === "private_key" && setPublicKey(""),
      onSuccess: ({ requestId }) => answer.mutate(requestId),
    }),
  );
  const answer = useMutation({
    mutationFn: (requestId: string) =>
      client.certificates.answer.query({ requestId }, { context: { isAlone: true } }),
    onSuccess: () => queries.invalidateQueries(trpc.certificates.list.pathFilter()),
  });
  const chosen = page.actors.find(({ name }) => name === actor) ?? null;
  const cannot = page.may.sign.allowed ? (chosen?.cannot ?? null) : page.may.sign.says;
  const isPending = ask.isPending || answer.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPending || cannot !== null) return;
    answer.reset();
    const ttlHours = hours.trim() === "" ? undefined : Number(hours);
    ask.mutate({ actor, publicKey, ...(ttlHours === undefined ? {} : { ttlHours }) });
  };
  return (
    <Section
      title="Sign a certificate"
      description="For a public key that its owner made: a private key is refused and kept nowhere. The certificate that the actor has is revoked."
    >
      <form onSubmit={submit} noValidate className="grid max-w-160 gap-4">
        <div className="grid gap-4 sm:grid-cols-[1fr_9rem]">
          <Field
            label="Actor"
            hint={chosen === null ? "Of the registry." : `Signs in as ${chosen.principals.join(", ")}.`}
            error={errorOfField(ask.error, "actor")}
          >
            {(control) => (
              <Select
                {...control}
                value={actor}
                placeholder="Choose an actor"
                options={page.actors.map(({ name }) => ({ value: name, label: name }))}
                onChange={({ target }) => setActor(target.value)}
              />
            )}
          </Field>
          <Field
            label="Hours"
            hint={chosen === null ? "Whole hours." : `At most ${chosen.maxTtlHours}.`}
            error={errorOfField(ask.error, "ttlHours")}
          >
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                value={hours}
                placeholder={chosen === null ? "" : String(chosen.maxTtlHours)}
                onChange={({ target }) => setHours(target.value)}
              />
            )}
          </Field>
        </div>
        <Field
          label="Public key"
          hint="The one line of a file that ends in .pub."
          error={errorOfField(ask.error, "publicKey")}
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
        {!FIELDS.some((field) => errorOfField(ask.error, field) !== null) && (
          <RefusalNotice error={ask.error} />
        )}
        {answer.error !== null && (
          <Notice
            kind="danger"
            title="The answer did not come. Look at the list below before you ask again."
            live
          />
        )}
        <Button
          type="submit"
          variant="primary"
          icon={<Stamp />}
          pending={isPending}
          disabledReason={cannot}
          className="justify-self-start"
        >
          Sign
        </Button>
      </form>
      {answer.data !== undefined && <SignSteps answer={answer.data} actor={ask.variables?.actor ?? actor} />}
    </Section>
  );
}
