"use client";

import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { Plus, Server } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { Fleet } from "./guest-data.ts";

type Row = Fleet["hosts"][number];

function HostState({ row }: { row: Row }) {
  if (row.isGivenUp) return <StateMark state="cancelled" label="Given up" size="sm" />;
  if (row.problem !== null) return <StateMark state="failed" label="Cannot be read" size="sm" />;
  if (row.observedAt === null) return <StateMark state="never_run" label="Not looked at yet" size="sm" />;
  if (row.differing === null) return <StateMark state="never_run" label="Nothing is wanted yet" size="sm" />;
  if (row.differing + row.held > 0) {
    const differing = row.differing + row.held;
    return (
      <StateMark state="waiting" label={`${differing} ${differing === 1 ? "differs" : "differ"}`} size="sm" />
    );
  }
  return <StateMark state="passed" label="As wanted" size="sm" />;
}

function waitsFor({ waiting, intents }: Row): string {
  const parts = [
    waiting.approval === 0 ? "" : `${waiting.approval} for approval`,
    waiting.signature === 0 ? "" : `${waiting.signature} for a signature`,
    intents === 0 ? "" : `${intents} ${intents === 1 ? "intent" : "intents"} in the document`,
  ];
  return parts.filter((part) => part !== "").join(", ") || "nothing";
}

function HostTable({ hosts }: { hosts: Fleet["hosts"] }) {
  return (
    <Table label="Hosts with guests">
      <TableHead>
        <TableHeaderCell>Host</TableHeaderCell>
        <TableHeaderCell>Guests</TableHeaderCell>
        <TableHeaderCell align="right" hideBelow="md">
          Generation
        </TableHeaderCell>
        <TableHeaderCell hideBelow="lg">Waits</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Looked at</TableHeaderCell>
      </TableHead>
      <TableBody>
        {hosts.map((row) => (
          <TableRow key={row.id}>
            <TableCell>
              <Link href={`/guests/${row.id}`}>{row.name}</Link>{" "}
              <span className="text-small text-ink-2">{row.cloud.name}</span>
            </TableCell>
            <TableCell>
              <HostState row={row} />
            </TableCell>
            <TableCell align="right" hideBelow="md">
              {row.generation ?? "none"}
            </TableCell>
            <TableCell hideBelow="lg">{waitsFor(row)}</TableCell>
            <TableCell hideBelow="md">
              {row.observedAt === null ? "never" : <RelativeTime at={row.observedAt} />}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function AddHost({ fleet }: { fleet: Fleet }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [cloudId, setCloudId] = useState(fleet.hypervisors[0]?.id ?? "");
  const [node, setNode] = useState("");
  const add = useMutation(
    trpc.guests.addHost.mutationOptions({ onSuccess: ({ tenantId }) => router.push(`/guests/${tenantId}`) }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!add.isPending && fleet.add.allowed) add.mutate({ cloudId, node });
  };
  return (
    <Section
      title="Add a host"
      description="A node of a hypervisor that the runner knows. Adding it changes nothing there: its guests are looked at."
    >
      <form onSubmit={submit} noValidate className="flex flex-wrap items-end gap-3">
        <Field label="Hypervisor">
          {(control) => (
            <Select
              {...control}
              value={cloudId}
              onChange={({ target }) => setCloudId(target.value)}
              options={fleet.hypervisors.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
        </Field>
        <Field label="Node">
          {(control) => <Input {...control} value={node} onChange={({ target }) => setNode(target.value)} />}
        </Field>
        <Button
          type="submit"
          icon={<Plus />}
          disabledReason={fleet.add.allowed ? null : fleet.add.says}
          pending={add.isPending}
        >
          Add the host
        </Button>
      </form>
      <RefusalNotice error={add.error} />
    </Section>
  );
}

/** Every host: whether its guests are as they are wanted, and what waits for people. */
export function FleetView() {
  const trpc = useTRPC();
  const { data: fleet } = useSuspenseQuery({
    ...trpc.guests.fleet.queryOptions({}),
    refetchInterval: 10_000,
  });
  return (
    <>
      <PageHeader
        title="Guests"
        meta={<span>Hosts of hypervisors, and what their guests are wanted to be</span>}
      />
      <div className="grid gap-8">
        {fleet.hypervisors
          .filter(({ state }) => state !== "reachable")
          .map(({ id, name, says }) => (
            <Notice key={id} kind="warning" title={`${name}: ${says}`} />
          ))}
        {fleet.hosts.length === 0 ? (
          <EmptyState glyph={<Server />} title="No host yet">
            A host is a node of a hypervisor. Once it is added, its guests are looked at, and a desired state
            says what they are wanted to be.
          </EmptyState>
        ) : (
          <HostTable hosts={fleet.hosts} />
        )}
        {fleet.hypervisors.length > 0 && <AddHost fleet={fleet} />}
      </div>
    </>
  );
}
