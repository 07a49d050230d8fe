"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Stamp } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";

/** Heads of the audit log as they were signed, where each went, and the key to compare elsewhere. */
export function HeadsPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data } = useSuspenseQuery(trpc.audit.heads.queryOptions({}));
  const sign = useMutation(
    trpc.audit.requestHead.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.audit.heads.pathFilter()),
    }),
  );
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Signed heads"
        crumbs={[{ label: "Audit log", href: "/audit" }]}
        meta="A head says how many entries the log had and what they were. Kept elsewhere, it shows later whether any was cut off or written anew."
        actions={
          <Button
            icon={<Stamp />}
            pending={sign.isPending}
            disabledReason={data.may.sign.allowed ? null : data.may.sign.says}
            onClick={() => sign.mutate({})}
          >
            Sign now
          </Button>
        }
      />
      <RefusalNotice error={sign.error} />
      {data.epochs.map((epoch) => (
        <Notice key={epoch.id} kind="warning" title="An older backup was restored and accepted.">
          <RelativeTime at={epoch.at} />: {epoch.restoredSize} entries in place of {epoch.keptSize}. Heads
          from before then, over more entries, do not fit this log.
        </Notice>
      ))}
      {data.key !== null && (
        <KeyValueList
          rows={[
            { key: "Entries now", value: data.size },
            { key: "Fingerprint", value: <Mono copy>{data.key.keyId}</Mono> },
            { key: "Public key", value: <Mono copy>{data.key.publicKey}</Mono> },
          ]}
        />
      )}
      {data.heads.length === 0 ? (
        <EmptyState title="No head is signed yet">The runner signs one when it starts.</EmptyState>
      ) : (
        <Heads heads={data.heads} />
      )}
    </div>
  );
}

type Delivery = { destination: "file" | "git" | "webhook"; outcome: "done" | "failed"; says: string | null };
type Head = { id: string; size: number; at: Date; head: { root: string }; deliveries: readonly Delivery[] };

function Heads({ heads }: { heads: readonly Head[] }) {
  return (
    <Table label="Signed heads">
      <TableHead>
        <TableHeaderCell align="right" fit>
          Entries
        </TableHeaderCell>
        <TableHeaderCell>Root</TableHeaderCell>
        <TableHeaderCell>Signed</TableHeaderCell>
        <TableHeaderCell>Kept in</TableHeaderCell>
      </TableHead>
      <TableBody>
        {heads.map((row) => (
          <TableRow key={row.id}>
            <TableCell align="right" fit>
              {row.size}
            </TableCell>
            <TableCell>
              <Mono head={16} copy>
                {row.head.root}
              </Mono>
            </TableCell>
            <TableCell className="text-ink-2">
              <RelativeTime at={row.at} />
            </TableCell>
            <TableCell>
              <KeptIn deliveries={row.deliveries} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function KeptIn({ deliveries }: { deliveries: readonly Delivery[] }) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-1">
      {(["file", "git", "webhook"] as const).map((destination) => {
        const tried = deliveries.filter((one) => one.destination === destination);
        if (tried.length === 0) return null;
        const isDone = tried.some(({ outcome }) => outcome === "done");
        return (
          <StateMark
            key={destination}
            size="sm"
            state={isDone ? "passed" : "failed"}
            label={isDone ? destination : `${destination}: ${tried[0]?.says ?? "failed"}`}
          />
        );
      })}
    </span>
  );
}
