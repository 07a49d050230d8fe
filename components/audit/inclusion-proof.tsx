"use client";

import { useEffect, useState } from "react";
import { Code } from "#components/ui/code.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type AuditEntryRead, type EntryVerdict, verifyEntry } from "./verify-entry.ts";

type Checked = EntryVerdict | "failed" | null;

/** The path from the entry to the signed root, step by step, and whether this browser arrives there too. */
export function InclusionProof({ seq, read }: { seq: number; read: AuditEntryRead }) {
  const { canonical, proof } = read;
  const [verdict, setVerdict] = useState<Checked>(null);
  // Synchronises with the browser's own cryptography, which only answers later.
  useEffect(() => {
    if (proof === null) return;
    let isCurrent = true;
    verifyEntry(seq, canonical, proof).then(
      (found) => isCurrent && setVerdict(found),
      () => isCurrent && setVerdict("failed"),
    );
    return () => {
      isCurrent = false;
    };
  }, [seq, canonical, proof]);

  if (proof === null) {
    return (
      <EmptyState size="line" title="No head over this entry is signed yet.">
        One is signed within a minute. <Link href="/audit/heads">Have one signed now</Link>
      </EmptyState>
    );
  }
  const { head } = proof;
  return (
    <div className="grid gap-4">
      <VerdictNotice verdict={verdict} />
      <KeyValueList
        rows={[
          {
            key: "Signed head",
            value: (
              <>
                over {head.size} entries, <RelativeTime at={head.at} />
              </>
            ),
          },
          { key: "Root", value: <Mono copy>{head.root}</Mono> },
          { key: "Key", value: <Mono copy>{head.key}</Mono> },
        ]}
      />
      <Steps read={read} path={proof.path} verdict={verdict} />
    </div>
  );
}

function VerdictNotice({ verdict }: { verdict: Checked }) {
  if (verdict === null) return <Notice kind="info" title="This browser is computing the proof." />;
  if (verdict === "failed") {
    return (
      <Notice kind="warning" title="This browser cannot compute the proof.">
        Export the log and verify it with <Code>countersign audit verify</Code>.
      </Notice>
    );
  }
  if (!verdict.fits || verdict.signature === "wrong") {
    return (
      <Notice kind="danger" title="This entry is not proven to be in the signed log.">
        {verdict.fits
          ? "The signature of the head does not fit."
          : "Its hashes do not lead to the signed root."}{" "}
        Keep the database as it is, and compare an export with a head that is kept elsewhere.
      </Notice>
    );
  }
  return (
    <Notice kind="ok" title="This entry is in the signed log: computed by this browser.">
      {verdict.signature === "fits"
        ? "Its hashes lead to the root, and the installation's key signed that root."
        : "Its hashes lead to the root. This browser cannot check the signature; the command countersign audit verify can."}
    </Notice>
  );
}

function Steps({ read, path, verdict }: { read: AuditEntryRead; path: readonly string[]; verdict: Checked }) {
  const found = verdict === null || verdict === "failed" ? null : verdict;
  return (
    <ol aria-label="Hash path" className="grid gap-2">
      <li className="grid gap-1 rounded-md border border-line px-3 py-2">
        <span className="text-small text-ink-2">Leaf: SHA-256 of 0x00 and the entry</span>
        <Mono>{found?.leaf ?? read.entry.hash}</Mono>
      </li>
      {path.map((sibling, at) => {
        const step = found?.steps[at];
        return (
          <li key={sibling} className="grid gap-1 rounded-md border border-line px-3 py-2">
            <span className="text-small text-ink-2">
              Step {at + 1}: with its {step === undefined ? "" : `${step.side} `}sibling
            </span>
            <Mono>{sibling}</Mono>
            {step !== undefined && (
              <>
                <span className="text-small text-ink-2">gives</span>
                <Mono>{step.result}</Mono>
              </>
            )}
          </li>
        );
      })}
    </ol>
  );
}
