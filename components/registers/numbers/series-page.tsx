"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { Hash } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { AppRouter } from "#server/api/root.ts";
import { TakeDialog } from "./take-dialog.tsx";

type SeriesData = inferRouterOutputs<AppRouter>["numbers"]["series"];
type NumberRow = SeriesData["numbers"][number];

const CRUMBS = [{ label: "Numbers", href: "/registers/numbers" }];
const TONES: Record<NumberRow["state"], Tone> = {
  reserved: "wait",
  provisional: "fix",
  assigned: "ok",
  relinquished: "neutral",
};
const WORDS: Record<NumberRow["state"], string> = {
  reserved: "Reserved",
  provisional: "Provisional",
  assigned: "Assigned",
  relinquished: "Given up",
};

/** One series: who has which number, and what happened to them. */
export function SeriesPage({ series }: { series: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.numbers.series.queryOptions({ series }));
  const [open, setOpen] = useState<"take" | NumberRow | null>(null);
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title={`Numbers of ${series}`}
        crumbs={CRUMBS}
        meta={
          <>
            Next free: <span className="font-mono">{data.next}</span>
            {data.marks.slice(0, 1).map(({ id, path, line }) => (
              <span key={id}>
                {path} names {id} in line {line}.
              </span>
            ))}
          </>
        }
        actions={
          <Button
            variant="primary"
            icon={<Hash />}
            disabledReason={data.may.take.allowed ? null : data.may.take.says}
            onClick={() => setOpen("take")}
          >
            Take a number
          </Button>
        }
      />
      <NumbersTable numbers={data.numbers} onMove={setOpen} />
      <Events events={data.events} />
      {open === "take" && <TakeDialog series={series} close={() => setOpen(null)} />}
      {open !== null && open !== "take" && <MoveDialog row={open} close={() => setOpen(null)} />}
    </div>
  );
}

function NumbersTable({
  numbers,
  onMove,
}: {
  numbers: readonly NumberRow[];
  onMove: (row: NumberRow) => void;
}) {
  if (numbers.length === 0)
    return <p className="text-ink-2">Documents name numbers of it; nobody took one yet.</p>;
  return (
    <Table label="Numbers">
      <TableHead>
        <TableHeaderCell>Number</TableHeaderCell>
        <TableHeaderCell>State</TableHeaderCell>
        <TableHeaderCell>Held by</TableHeaderCell>
        <TableHeaderCell hideBelow="md">For</TableHeaderCell>
        <TableHeaderCell fit>
          <span className="sr-only">Act</span>
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {numbers.map((row) => (
          <TableRow key={row.code}>
            <TableCell className="font-mono text-small whitespace-nowrap">{row.code}</TableCell>
            <TableCell>
              <Badge tone={TONES[row.state]}>{WORDS[row.state]}</Badge>
            </TableCell>
            <TableCell className="wrap-anywhere">
              {row.holder}
              <span className="block text-small text-ink-3 md:hidden">{row.purpose}</span>
            </TableCell>
            <TableCell hideBelow="md" className="wrap-anywhere">
              {row.purpose}
            </TableCell>
            <TableCell fit>
              <Button
                size="sm"
                aria-label={`Move on ${row.code}`}
                disabledReason={row.may.move.allowed ? null : row.may.move.says}
                onClick={() => onMove(row)}
              >
                Move on
              </Button>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Events({ events }: { events: SeriesData["events"] }) {
  if (events.length === 0) return null;
  return (
    <Section title="What happened" beside={events.length}>
      <ol className="grid gap-1.5">
        {events.map(({ id, code, act, says, by, at }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-mono text-small">{code}</span>
            {act === "contended" ? (
              <Badge tone="bad">Contended</Badge>
            ) : (
              <span>{WORDS[act].toLowerCase()}</span>
            )}
            <span className="min-w-0 text-ink-2 wrap-anywhere">{says}</span>
            <span className="text-ink-3">
              {by}, <RelativeTime at={at} />
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

const NEXT: Record<NumberRow["state"], readonly NumberRow["state"][]> = {
  reserved: ["provisional", "assigned", "relinquished"],
  provisional: ["assigned", "relinquished"],
  assigned: [],
  relinquished: [],
};

function MoveDialog({ row, close }: { row: NumberRow; close: () => void }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const formId = useId();
  const options = NEXT[row.state].map((value) => ({ value, label: WORDS[value] }));
  const [to, setTo] = useState<string>(options[0]?.value ?? "");
  const [reason, setReason] = useState("");
  const move = useMutation(
    trpc.numbers.move.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: trpc.numbers.pathKey() });
        close();
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    const state = NEXT[row.state].find((one) => one === to);
    if (state === undefined || move.isPending) return;
    move.mutate({ series: row.series, number: row.number, suffix: row.suffix, to: state, reason });
  }
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={`Move ${row.code} on`}
        description={`It is ${WORDS[row.state].toLowerCase()} for ${row.purpose}.`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" pending={move.isPending}>
              Move it on
            </Button>
          </>
        }
      >
        <form id={formId} noValidate onSubmit={submit} className="grid gap-4 pb-2">
          <Field label="To">
            {(control) => (
              <Select
                {...control}
                options={options}
                value={to}
                onChange={({ target }) => setTo(target.value)}
              />
            )}
          </Field>
          <Field label="Reason" optional={to !== "relinquished"} error={errorOfField(move.error, "reason")}>
            {(control) => (
              <Input {...control} value={reason} onChange={({ target }) => setReason(target.value)} />
            )}
          </Field>
          {errorOfField(move.error, "reason") === null && <RefusalNotice error={move.error} />}
        </form>
      </DialogContent>
    </Dialog>
  );
}
