"use client";

import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { KeyRound, Server } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { HostPage, HostRow } from "./check-data.ts";
import { HostDialog } from "./host-dialog.tsx";

type Open = { row: HostRow | null; isRetiring: boolean };

function HostLine({
  row,
  cannot,
  onOpen,
}: {
  row: HostRow;
  cannot: string | null;
  onOpen: (open: Open) => void;
}) {
  const { aliases, environment, denied, isRetired } = row.content;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 border-b border-line py-3">
      <div className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-x-3">
          <span className="font-medium">{row.name}</span>
          <StateMark
            state={isRetired ? "cancelled" : "open"}
            label={isRetired ? "Retired" : "Open for checks"}
            size="sm"
          />
        </span>
        <span className="wrap-anywhere text-ink-2">
          as <Mono>{row.identity}</Mono>
          {aliases.length > 0 && <>, also called {aliases.join(", ")}</>}
        </span>
        {environment.length > 0 && (
          <span className="text-small text-ink-2">may set {environment.join(", ")}</span>
        )}
        {denied.length > 0 && <span className="text-small text-ink-2">denied: {denied.join("; ")}</span>}
        {row.content.kind === "local" && (
          <span className="text-small text-ink-3">
            The machine that the console itself runs on; for a trial, not for a team.
          </span>
        )}
      </div>
      <span className="flex gap-1">
        <Button
          size="sm"
          disabledReason={cannot}
          aria-label={`Change ${row.name}`}
          onClick={() => onOpen({ row, isRetiring: false })}
        >
          Change
        </Button>
        {!isRetired && (
          <Button
            size="sm"
            disabledReason={cannot}
            aria-label={`Retire ${row.name}`}
            onClick={() => onOpen({ row, isRetiring: true })}
          >
            Retire
          </Button>
        )}
      </span>
    </li>
  );
}

function Keys({ keys, cannot }: { keys: HostPage["keys"]; cannot: string | null }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const make = useMutation(trpc.hosts.requestKey.mutationOptions({ onSuccess: () => setName("") }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!make.isPending && cannot === null) make.mutate({ name });
  };
  return (
    <Section
      title="The console's keys"
      beside={keys.length}
      description="The runner makes them and keeps the private half sealed; nobody ever sees it. Put the public half into authorized_keys of the account."
    >
      <ul className="grid gap-2">
        {keys.map(({ id, name: label, publicKey }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-medium">{label}</span>
            {publicKey === null ? (
              <StateMark state="running" label="Running: the runner makes it" size="sm" />
            ) : (
              <>
                <code className="text-small wrap-anywhere text-ink-2">{publicKey}</code>
                <CopyButton text={publicKey} label={`Copy the public key ${label}`} />
              </>
            )}
          </li>
        ))}
      </ul>
      <form onSubmit={submit} noValidate className="flex flex-wrap items-end gap-2">
        <Field label="Name of a new key">
          {(control) => <Input {...control} value={name} onChange={({ target }) => setName(target.value)} />}
        </Field>
        <Button
          type="submit"
          icon={<KeyRound />}
          disabledReason={cannot}
          pending={make.isPending}
          className="mb-1"
        >
          Make a key
        </Button>
      </form>
      <RefusalNotice error={make.error} />
    </Section>
  );
}

/** Machines that attested blocks run on, and the keys by which the console reaches them. */
export function HostsSettings() {
  const trpc = useTRPC();
  const { hosts, keys, actors, waiting, may } = useSuspenseQuery(trpc.hosts.list.queryOptions({})).data;
  const [open, setOpen] = useState<Open | null>(null);
  const cannot = may.propose.allowed ? null : may.propose.says;
  return (
    <div className="grid gap-7">
      <div>
        <PageHeader
          title="Hosts"
          meta="Checks run here once two people have attested them. Two people change this list."
          actions={
            <Button
              variant="primary"
              icon={<Server />}
              disabledReason={cannot}
              onClick={() => setOpen({ row: null, isRetiring: false })}
            >
              Add a host
            </Button>
          }
        />
        {hosts.length === 0 ? (
          <EmptyState title="No host is known">
            Make a key, put its public half on the machine, and add the machine with its own public key.
            Blocks find it by its name or by the words that documents use for it.
          </EmptyState>
        ) : (
          <ul aria-label="Hosts">
            {hosts.map((row) => (
              <HostLine key={row.id} row={row} cannot={cannot} onOpen={setOpen} />
            ))}
          </ul>
        )}
      </div>
      {waiting.length > 0 && (
        <Section title="Waiting for a second person" beside={waiting.length}>
          <ul className="grid gap-1.5">
            {waiting.map(({ id, number, title }) => (
              <li key={id}>
                <Link href={`/settings/proposals/${id}`}>
                  Proposal {number}: {title}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Keys keys={keys} cannot={cannot} />
      {open !== null && <HostDialog {...open} page={{ keys, actors }} close={() => setOpen(null)} />}
    </div>
  );
}
