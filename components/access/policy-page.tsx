"use client";

import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { Shadowed } from "./access-data.ts";
import { AccessTabs } from "./access-tabs.tsx";
import { Cases, passing } from "./cases.tsx";
import { Waiting } from "./waiting.tsx";

function Shadow({ shadow }: { shadow: Shadowed }) {
  if (shadow.kind === "refused") {
    return (
      <Notice kind="danger" title="The package cannot be read." live>
        <ul className="grid gap-1">
          {shadow.faults.map(({ path, says }) => (
            <li key={`${path} ${says}`}>
              {path !== "" && <code className="text-small">{path}: </code>}
              {says}
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  const isFit = shadow.cases.every(({ isPassing }) => isPassing);
  return (
    <>
      <Notice
        kind={isFit ? "ok" : "warning"}
        title={`${shadow.name} ${shadow.version}: ${passing(shadow.cases)}.`}
        live
      >
        Of the last {shadow.looked} logged decisions it would change {shadow.changes}.
        {shadow.changed.slice(0, 10).map(({ decisionId, subject, before, after }) => (
          <p key={decisionId}>
            {subject}: {before} to {after}
          </p>
        ))}
      </Notice>
      {!isFit && <Cases cases={shadow.cases.filter(({ isPassing }) => !isPassing)} />}
    </>
  );
}

function Change({ document, base, cannot }: { document: string; base: number; cannot: string | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [text, setText] = useState(document);
  const [tried, setTried] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const shadow = useQuery(
    trpc.access.shadow.queryOptions({ document: tried ?? "" }, { enabled: tried !== null }),
  );
  const ask = useMutation(
    trpc.access.proposePackage.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const found = tried === text ? shadow.data : undefined;
  return (
    <Section
      title="The document"
      description="Change it, lay it over the decisions of the log, and ask for it to be activated. It is activated only when all of its fixtures and tests pass."
    >
      <Field label="Policy package">
        {(control) => (
          <Textarea
            {...control}
            rows={22}
            spellCheck={false}
            className="font-mono"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <div>
        <Button pending={shadow.isFetching} onClick={() => setTried(text)}>
          Lay it over the log
        </Button>
      </div>
      <RefusalNotice error={shadow.error} />
      {found !== undefined && <Shadow shadow={found} />}
      {found?.kind === "read" && (
        <div className="grid max-w-xl gap-3">
          <ReasonField value={reason} onChange={setReason} hint="What the second person reads first." />
          <RefusalNotice error={ask.error} />
          <div>
            <Button
              variant="primary"
              disabledReason={cannot}
              pending={ask.isPending || ask.isSuccess}
              onClick={() => ask.mutate({ content: { base, document: text }, reason })}
            >
              Ask to activate it
            </Button>
          </div>
        </div>
      )}
    </Section>
  );
}

/** The policy in force: its rules, what it has to answer, and how another one would differ. */
export function PolicyPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.access.packages.queryOptions({}));
  const { front, version, cases } = data;
  return (
    <div className="grid grid-cols-1 gap-7">
      <div>
        <PageHeader
          title="Policy"
          beside={
            <Badge tone={cases.every(({ isPassing }) => isPassing) ? "ok" : "bad"}>{passing(cases)}</Badge>
          }
          meta="The rules that decide about access. Two people activate another version."
        />
        <AccessTabs current="policies" />
        <KeyValueList
          rows={[
            { key: "Package", value: <Mono>{front.package}</Mono> },
            { key: "Version", value: <Mono>{version}</Mono> },
            { key: "Asked about", value: front.actions.join(", ") },
            { key: "Owner", value: front.owner ?? "nobody" },
          ]}
        />
      </div>
      <Waiting waiting={data.waiting} />
      <Section title="Fixtures and tests" beside={cases.length}>
        <Cases cases={cases} />
      </Section>
      <Change
        key={data.number}
        document={data.document}
        base={data.number}
        cannot={data.may.propose.allowed ? null : data.may.propose.says}
      />
      <Section title="Versions" beside={data.versions.length}>
        <ol className="grid gap-1.5">
          {data.versions.map((row) => (
            <li key={row.number} className="flex flex-wrap items-baseline gap-x-3">
              <span className="tnum w-8 text-ink-3">{row.number}</span>
              <Mono>{row.version}</Mono>
              <span>
                {row.passing} of {row.cases} passed
              </span>
              <span className="text-ink-3">
                <RelativeTime at={row.at} />
              </span>
            </li>
          ))}
        </ol>
      </Section>
    </div>
  );
}
