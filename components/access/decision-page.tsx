"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { JsonView } from "#components/ui/json-view.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Link } from "#components/ui/link.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { actorHref, type ExplainedDecision } from "./access-data.ts";
import { EffectMark } from "./effect-mark.tsx";

function Replay({
  replay,
  decisionId,
  was,
}: {
  replay: ExplainedDecision["replay"];
  decisionId: string;
  was: string;
}) {
  if (replay === null) return <Notice kind="warning" title="The same question cannot be asked again now." />;
  const now = `${replay.effect} ${replay.reason}`;
  if (replay.id === decisionId) {
    return (
      <Notice kind="ok" title="The same question has the same id and the same answer now.">
        Neither the registry nor the policy package has changed since.
      </Notice>
    );
  }
  return (
    <Notice
      title={
        now === was ? "The answer is the same now, under another id." : `The same question gets ${now} now.`
      }
    >
      <p>
        <Mono>{replay.id}</Mono> by <Mono>{replay.matched_policy_version}</Mono>: the registry, the policy
        package or who decides has changed since.
      </p>
    </Notice>
  );
}

/** One decision: what was asked, what it was answered by, and what the same question gets now. */
export function DecisionPage({ decisionId }: { decisionId: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.access.decision.queryOptions({ decisionId }));
  const { by } = data;
  const actor = data.resource.startsWith("ssh-cert:actor/") ? data.resource.slice(15) : null;
  return (
    <div className="grid gap-7">
      <div>
        <PageHeader
          title={decisionId}
          crumbs={[{ label: "Decisions", href: "/access/decisions" }]}
          beside={<EffectMark effect={data.effect} />}
          meta={
            <>
              <Mono>{data.reason}</Mono>
              <RelativeTime at={data.at} />
              {data.times > 1 && <span>given {data.times} times</span>}
            </>
          }
        />
        <KeyValueList
          rows={[
            { key: "Subject", value: <Mono>{data.subject}</Mono> },
            { key: "Action", value: <Mono>{data.action}</Mono> },
            {
              key: "Resource",
              value:
                actor === null ? (
                  <Mono>{data.resource}</Mono>
                ) : (
                  <Link href={actorHref(actor)}>{data.resource}</Link>
                ),
            },
            { key: "Rule", value: <Mono>{by.rule}</Mono> },
            { key: "Policy", value: <Mono>{`${by.package} ${by.version}`}</Mono> },
            { key: "Registry", value: <Mono>{by.etag}</Mono> },
            { key: "Decided by", value: `${by.evaluator}, ${by.mode}` },
            {
              key: "Asked by",
              value: data.asker === "service" ? "a caller of the decision service" : "the console itself",
            },
          ]}
        />
      </div>
      <Section title="Asked again">
        <Replay replay={data.replay} decisionId={decisionId} was={`${data.effect} ${data.reason}`} />
      </Section>
      <div className="grid gap-7 lg:grid-cols-2">
        <JsonView title="Request" value={data.question} />
        <JsonView title="Envelope" value={data.envelope} />
      </div>
    </div>
  );
}
