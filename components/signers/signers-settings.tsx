"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { EnrolDialog, RevokeDialog, RotateDialog } from "./change-dialogs.tsx";
import { RepinDialog, RepinPanel } from "./repin-panel.tsx";
import type { SignerPage } from "./signer-data.ts";
import { type SignerRow, SignersTable } from "./signers-table.tsx";

type Open = { kind: "enrol" } | { kind: "repin" } | { kind: "rotate" | "revoke"; row: SignerRow };

function Waiting({ waiting }: { waiting: SignerPage["waiting"] }) {
  if (waiting.length === 0) return null;
  return (
    <Section title="Waiting for a second person" beside={waiting.length}>
      <ul className="grid gap-1.5">
        {waiting.map(({ id, number, title, at }) => (
          <li key={id} className="flex flex-wrap gap-x-2">
            <Link href={`/settings/proposals/${id}`}>
              Proposal {number}: {title}
            </Link>
            <span className="text-ink-2">
              <RelativeTime at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Whose keys may sign what destroys, and how that changes. */
export function SignersSettings() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.signers.list.queryOptions({}));
  const [open, setOpen] = useState<Open | null>(null);
  const [prepared, setPrepared] = useState<{ nonce: string; message: string } | null>(null);
  const { propose, repin } = data.may;
  const close = () => setOpen(null);
  const cannot = propose.allowed ? null : propose.says;
  return (
    <div className="grid gap-7">
      <div>
        <PageHeader
          title="Signers"
          meta="What destroys runs on an approval and a signature by one of these keys. The private halves never come here; two people change this list."
          actions={
            <>
              <Button
                disabledReason={repin.allowed ? null : repin.says}
                onClick={() => setOpen({ kind: "repin" })}
              >
                Re-pin
              </Button>
              <Button
                variant="primary"
                icon={<KeyRound />}
                disabledReason={cannot}
                onClick={() => setOpen({ kind: "enrol" })}
              >
                Enrol a key
              </Button>
            </>
          }
        />
        <SignersTable
          signers={data.signers}
          disabledReason={cannot}
          onRotate={(row) => setOpen({ kind: "rotate", row })}
          onRevoke={(row) => setOpen({ kind: "revoke", row })}
        />
      </div>
      <Waiting waiting={data.waiting} />
      {prepared !== null && (
        <RepinPanel
          key={prepared.nonce}
          prepared={prepared}
          namespace={data.namespace}
          close={() => setPrepared(null)}
        />
      )}
      {open?.kind === "enrol" && <EnrolDialog people={data.people} close={close} />}
      {open?.kind === "rotate" && <RotateDialog row={open.row} close={close} />}
      {open?.kind === "revoke" && <RevokeDialog row={open.row} close={close} />}
      {open?.kind === "repin" && (
        <RepinDialog
          people={data.people}
          close={close}
          onPrepared={(made) => {
            setPrepared(made);
            close();
          }}
        />
      )}
    </div>
  );
}
