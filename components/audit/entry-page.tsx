"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { auditHref } from "./filter-params.ts";
import { InclusionProof } from "./inclusion-proof.tsx";
import { OutcomeMark } from "./outcome-mark.tsx";

/** One entry of the audit log: what happened, the bytes that its hash covers, and the proof that it is in the log. */
export function EntryPage({ seq }: { seq: number }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.audit.entry.queryOptions({ seq }));
  const { entry } = data;
  return (
    <div className="grid gap-6">
      <PageHeader
        title={`Entry ${seq}: ${entry.action}`}
        crumbs={[{ label: "Audit log", href: "/audit" }]}
        beside={<OutcomeMark outcome={entry.outcome} />}
        actions={
          <>
            {seq > 1 && <ButtonLink href={`/audit/${seq - 1}`}>Before</ButtonLink>}
            <ButtonLink href={`/audit/${seq + 1}`} prefetch={false}>
              After
            </ButtonLink>
          </>
        }
      />
      <KeyValueList
        rows={[
          { key: "When", value: <RelativeTime at={entry.at} /> },
          {
            key: "Who",
            value: <Link href={auditHref("/audit", { actor: entry.actor.id })}>{entry.actor.name}</Link>,
          },
          {
            key: "Action",
            value: <Link href={auditHref("/audit", { action: entry.action })}>{entry.action}</Link>,
          },
          {
            key: "About",
            value: (
              <>
                {entry.objectKind}{" "}
                <Link href={auditHref("/audit", { object: entry.objectId })}>{entry.objectId}</Link>
              </>
            ),
          },
          { key: "Hash", value: <Mono copy>{entry.hash}</Mono> },
          { key: "Hash before it", value: <Mono copy>{entry.previousHash}</Mono> },
        ]}
      />
      <Section title="Details">
        <CodeBlock
          title="Details of the act"
          copyText={JSON.stringify(entry.details, null, 2)}
          maxHeight={360}
        >
          {JSON.stringify(entry.details, null, 2)}
        </CodeBlock>
      </Section>
      <Section
        title="Proof"
        description="How this entry leads, hash by hash, to the head of the log that the installation signed. This browser computes it anew."
      >
        <InclusionProof seq={seq} read={data} />
      </Section>
      <CodeBlock title="The bytes that the hash covers" copyText={data.canonical} maxHeight={240}>
        <span className="whitespace-pre-wrap wrap-anywhere">{data.canonical}</span>
      </CodeBlock>
    </div>
  );
}
