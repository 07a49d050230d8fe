"use client";

import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { AccountFacts, PasskeyFacts } from "./account-facts.ts";
import { EnrolPasskeyDialog, RemovePasskeyDialog, RenamePasskeyDialog } from "./passkey-dialogs.tsx";

type Open = { kind: "enrol" } | { kind: "rename" | "remove"; row: PasskeyFacts };

/** One's passkeys: enrol, name, remove. */
export function PasskeysSection({ account }: { account: AccountFacts }) {
  const [open, setOpen] = useState<Open | null>(null);
  const { passkeys, may } = account;
  const close = () => setOpen(null);
  return (
    <Section
      title="Passkeys"
      beside={passkeys.length === 0 ? undefined : passkeys.length}
      description="With a passkey you prove who you are before you approve or sign. Once you have one, a password alone is not enough for that."
      actions={
        <Button
          variant="primary"
          icon={<Fingerprint />}
          disabledReason={may.enrol.allowed ? null : may.enrol.says}
          onClick={() => setOpen({ kind: "enrol" })}
        >
          Enrol a passkey
        </Button>
      }
    >
      {passkeys.length === 0 ? (
        <EmptyState size="line" title="No passkey yet.">
          It lives on your phone, your computer or a security key, and cannot be guessed or given away by
          mistake.
        </EmptyState>
      ) : (
        <PasskeyTable passkeys={passkeys} onOpen={setOpen} />
      )}
      {open?.kind === "enrol" && <EnrolPasskeyDialog close={close} />}
      {open?.kind === "rename" && <RenamePasskeyDialog row={open.row} close={close} />}
      {open?.kind === "remove" && (
        <RemovePasskeyDialog row={open.row} isLast={passkeys.length === 1} close={close} />
      )}
    </Section>
  );
}

type PasskeyTableProps = { passkeys: readonly PasskeyFacts[]; onOpen: (open: Open) => void };

function PasskeyTable({ passkeys, onOpen }: PasskeyTableProps) {
  return (
    <Table label="Passkeys">
      <TableHead>
        <TableHeaderCell>Passkey</TableHeaderCell>
        <TableHeaderCell hideBelow="md" fit>
          Enrolled
        </TableHeaderCell>
        <TableHeaderCell hideBelow="md" fit>
          Last used
        </TableHeaderCell>
        <TableHeaderCell fit>
          <span className="sr-only">Actions</span>
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {passkeys.map((row) => (
          <TableRow key={row.id}>
            <TableCell>
              <span className="font-medium wrap-anywhere">{row.name}</span>
            </TableCell>
            <TableCell hideBelow="md" fit className="text-ink-2">
              <RelativeTime at={row.createdAt} />
            </TableCell>
            <TableCell hideBelow="md" fit className="text-ink-2">
              {row.lastUsedAt === null ? "not yet" : <RelativeTime at={row.lastUsedAt} />}
            </TableCell>
            <TableCell fit align="right">
              <span className="flex justify-end gap-1">
                <Button
                  size="sm"
                  aria-label={`Rename ${row.name}`}
                  onClick={() => onOpen({ kind: "rename", row })}
                >
                  Rename
                </Button>
                <Button
                  size="sm"
                  aria-label={`Remove ${row.name}`}
                  onClick={() => onOpen({ kind: "remove", row })}
                >
                  Remove
                </Button>
              </span>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
