import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type MarkedState, StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { SignerPage } from "./signer-data.ts";

export type SignerRow = SignerPage["signers"][number];

const STATES: Record<SignerRow["state"], { state: MarkedState; label: string }> = {
  valid: { state: "open", label: "May sign" },
  revoked: { state: "cancelled", label: "Revoked" },
  not_yet: { state: "waiting", label: "Waiting for its time" },
  over: { state: "expired", label: "Expired" },
  owner_out: { state: "denied", label: "Denied: its person is disabled" },
};

function Lifetime({ row }: { row: SignerRow }) {
  if (row.revokedAt !== null) {
    return (
      <>
        {row.revokedReason} <RelativeTime at={row.revokedAt} />
      </>
    );
  }
  if (row.validBefore === null) return <>until it is revoked</>;
  return (
    <>
      until <RelativeTime at={row.validBefore} />
    </>
  );
}

type SignersTableProps = {
  signers: readonly SignerRow[];
  disabledReason: string | null;
  onRotate: (row: SignerRow) => void;
  onRevoke: (row: SignerRow) => void;
};

/** Every key that was ever enrolled, with what it may do now. */
export function SignersTable({ signers, disabledReason, onRotate, onRevoke }: SignersTableProps) {
  if (signers.length === 0) {
    return (
      <EmptyState title="No key is enrolled">
        Whatever destroys waits for a signature and never runs. Enrol the public half of a key that lives on
        somebody&apos;s own machine or security key; a second person agrees to it.
      </EmptyState>
    );
  }
  return (
    <Table label="Signers">
      <TableHead>
        <TableHeaderCell>Signer and key</TableHeaderCell>
        <TableHeaderCell hideBelow="md" fit>
          Role
        </TableHeaderCell>
        <TableHeaderCell hideBelow="md" fit>
          Now
        </TableHeaderCell>
        <TableHeaderCell hideBelow="lg" fit>
          Valid
        </TableHeaderCell>
        <TableHeaderCell fit>
          <span className="sr-only">Actions</span>
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {signers.map((row) => (
          <TableRow key={row.id}>
            <TableCell>
              <span className="grid gap-0.5 py-0.5">
                <span className="font-medium">{row.owner}</span>
                <code className="text-small wrap-anywhere text-ink-2">{row.fingerprint}</code>
                <span className="text-small wrap-anywhere text-ink-3">
                  {row.keyType} {row.comment}
                </span>
                <span className="flex flex-wrap gap-2 md:hidden">
                  <Badge>{row.role}</Badge>
                  <StateMark {...STATES[row.state]} size="sm" />
                </span>
              </span>
            </TableCell>
            <TableCell hideBelow="md" fit>
              <Badge>{row.role}</Badge>
            </TableCell>
            <TableCell hideBelow="md" fit>
              <StateMark {...STATES[row.state]} size="sm" />
            </TableCell>
            <TableCell hideBelow="lg" fit className="text-ink-2">
              <Lifetime row={row} />
            </TableCell>
            <TableCell fit align="right">
              {row.revokedAt === null && (
                <span className="flex flex-wrap justify-end gap-1">
                  <Button
                    size="sm"
                    disabledReason={disabledReason}
                    aria-label={`Rotate the key of ${row.owner}`}
                    onClick={() => onRotate(row)}
                  >
                    Rotate
                  </Button>
                  <Button
                    size="sm"
                    disabledReason={disabledReason}
                    aria-label={`Revoke the key of ${row.owner}`}
                    onClick={() => onRevoke(row)}
                  >
                    Revoke
                  </Button>
                </span>
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
