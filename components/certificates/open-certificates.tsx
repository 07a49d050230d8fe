"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { AskDialog } from "#components/signers/ask-dialog.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { type CertificatePage, type CertificateRow, timeLeft } from "./certificate-data.ts";

/** The share of its time that a certificate has left, as a bar under the words. */
function TimeLeft({ row, now }: { row: CertificateRow; now: Date }) {
  const whole = row.validBefore.getTime() - row.validAfter.getTime();
  const share = Math.max(0, Math.min(1, (row.validBefore.getTime() - now.getTime()) / whole));
  const words = timeLeft(row.validBefore, now);
  return (
    <span className="grid w-20 gap-1 md:w-28" title={row.validBefore.toISOString()}>
      <span className="tnum">{words}</span>
      <span aria-hidden="true" className="h-1 overflow-hidden rounded-full bg-sunken">
        <span
          className={`block h-full rounded-full ${share < 0.1 ? "bg-wait-mark" : "bg-ok-mark"}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
    </span>
  );
}

function Revoke({ row, close }: { row: CertificateRow; close: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const revoke = useMutation(
    trpc.certificates.revoke.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.certificates.list.pathFilter());
        close();
      },
    }),
  );
  return (
    <AskDialog
      title={`Revoke serial ${row.serial} of ${row.actorName}`}
      description="Hosts refuse it as soon as they have the new revocation list. It cannot be taken back; a new certificate can be signed."
      confirm="Revoke it"
      reasonHint="What the audit log says about it."
      reason={reason}
      onReason={setReason}
      isPending={revoke.isPending}
      error={revoke.error}
      close={close}
      onSubmit={() => revoke.mutate({ certificateId: row.id, reason })}
    />
  );
}

function Standing({ row }: { row: CertificateRow }) {
  return (
    <StateMark
      state={row.state === "stale" ? "waiting" : "passed"}
      label={row.state === "stale" ? "Stale" : "Live"}
      size="sm"
    />
  );
}

/** Certificates that hosts let in, the one that ends next first. */
export function OpenCertificates({ page }: { page: CertificatePage }) {
  const [revoking, setRevoking] = useState<CertificateRow | null>(null);
  if (page.open.length === 0) {
    return (
      <EmptyState size="line" title="No certificate is live.">
        Have one signed below, or with countersign ssh-sign.
      </EmptyState>
    );
  }
  return (
    <>
      <Table label="Live certificates">
        <TableHead>
          <TableHeaderCell>Actor</TableHeaderCell>
          <TableHeaderCell hideBelow="md" fit>
            State
          </TableHeaderCell>
          <TableHeaderCell fit>Time left</TableHeaderCell>
          <TableHeaderCell hideBelow="md">Signs in as</TableHeaderCell>
          <TableHeaderCell hideBelow="lg" fit>
            Signed
          </TableHeaderCell>
          <TableHeaderCell fit>
            <span className="sr-only">Acts</span>
          </TableHeaderCell>
        </TableHead>
        <TableBody>
          {page.open.map((row) => (
            <TableRow key={row.id}>
              <TableCell>
                <span className="grid">
                  <span className="font-medium wrap-anywhere">{row.actorName}</span>
                  <span className="md:hidden">
                    <Standing row={row} />
                  </span>
                  <span className="text-small text-ink-2">
                    serial {row.serial}
                    {row.purpose === "run" && ", for one run"}
                  </span>
                  {row.reasons.map((reason) => (
                    <span key={reason} className="text-small text-wait">
                      {reason}
                    </span>
                  ))}
                </span>
              </TableCell>
              <TableCell hideBelow="md" fit>
                <Standing row={row} />
              </TableCell>
              <TableCell fit>
                <TimeLeft row={row} now={page.now} />
              </TableCell>
              <TableCell hideBelow="md">
                <span className="flex flex-wrap gap-x-2">
                  {row.principals.map((name) => (
                    <Mono key={name}>{name}</Mono>
                  ))}
                </span>
              </TableCell>
              <TableCell hideBelow="lg" fit>
                <RelativeTime at={row.signedAt} /> by {row.requestedBy}
              </TableCell>
              <TableCell fit>
                <Button
                  size="sm"
                  disabledReason={page.may.revoke.allowed ? null : page.may.revoke.says}
                  aria-label={`Revoke serial ${row.serial} of ${row.actorName}`}
                  onClick={() => setRevoking(row)}
                >
                  Revoke
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {revoking !== null && <Revoke row={revoking} close={() => setRevoking(null)} />}
    </>
  );
}
