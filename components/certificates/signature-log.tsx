import { DownloadLink } from "#components/ui/download-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { type MarkedState, StateMark } from "#components/ui/state-mark.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { CertificatePage, CertificateRow } from "./certificate-data.ts";

const MARKS: Record<CertificateRow["state"], readonly [MarkedState, string]> = {
  live: ["passed", "Live"],
  stale: ["waiting", "Stale"],
  revoked: ["cancelled", "Revoked"],
  expired: ["expired", "Ran out"],
};

/** Every signature with the decision that it follows, the latest first. */
export function SignatureLog({ rows }: { rows: CertificatePage["log"] }) {
  return (
    <Section
      title="Signatures"
      beside={rows.length}
      actions={<DownloadLink href="/api/ssh/signatures">Whole log</DownloadLink>}
    >
      {rows.length === 0 ? (
        <EmptyState size="line" title="Nothing was signed yet.">
          Each signature stands here with its decision.
        </EmptyState>
      ) : (
        <Table label="Signatures" maxHeight="28rem">
          <TableHead>
            <TableHeaderCell>Actor</TableHeaderCell>
            <TableHeaderCell fit>State</TableHeaderCell>
            <TableHeaderCell fit>Decision</TableHeaderCell>
            <TableHeaderCell hideBelow="md" fit>
              Hours
            </TableHeaderCell>
            <TableHeaderCell hideBelow="2xl">Key</TableHeaderCell>
            <TableHeaderCell hideBelow="md" fit>
              Signed
            </TableHeaderCell>
          </TableHead>
          <TableBody>
            {rows.map((row) => {
              const [state, word] = MARKS[row.state];
              return (
                <TableRow key={row.id}>
                  <TableCell>
                    <span className="grid">
                      <span className="wrap-anywhere">{row.actorName}</span>
                      <span className="text-small text-ink-2">
                        serial {row.serial}
                        {row.revokedReason !== null && `. ${row.revokedReason}`}
                      </span>
                    </span>
                  </TableCell>
                  <TableCell fit>
                    <StateMark state={state} label={word} size="sm" />
                  </TableCell>
                  <TableCell fit>
                    <Link tone="mono" href={`/access/decisions/${encodeURIComponent(row.decisionId)}`}>
                      {row.decisionId.replace("decision:", "")}
                    </Link>
                  </TableCell>
                  <TableCell hideBelow="md" fit align="right">
                    {row.ttlHours}
                  </TableCell>
                  <TableCell hideBelow="2xl">
                    <Mono head={18}>{row.fingerprint}</Mono>
                  </TableCell>
                  <TableCell hideBelow="md" fit>
                    <RelativeTime at={row.signedAt} /> by {row.requestedBy}
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}

/** What was refused, or had no answer. */
export function RefusalLog({ rows }: { rows: CertificatePage["refused"] }) {
  return (
    <Section title="Not signed" beside={rows.length}>
      <ul aria-label="Not signed" className="grid gap-2">
        {rows.map((row) => (
          <li key={row.id} className="grid gap-0.5 border-b border-line pb-2">
            <span className="flex flex-wrap items-center gap-x-3">
              <StateMark
                state={row.state === "refused" ? "denied" : "waiting"}
                label={row.state === "refused" ? "Refused" : "Unavailable"}
                size="sm"
              />
              <span className="font-medium wrap-anywhere">{row.actorName}</span>
              <code className="text-small">{row.code}</code>
              <span className="text-small text-ink-2">
                {row.ttlHours} h, {row.requestedBy}
                {row.endedAt !== null && (
                  <>
                    , <RelativeTime at={row.endedAt} />
                  </>
                )}
              </span>
            </span>
            <span className="text-ink-2">{row.says}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
