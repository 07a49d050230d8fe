"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { JobMark } from "#components/jobs/job-mark.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { EffectBadge } from "#components/ui/effect-badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { AppRouter } from "#server/api/root.ts";
import { InboxRow, InboxRows } from "./inbox-row.tsx";
import { nextStep } from "./next-step.ts";

export type Inbox = inferRouterOutputs<AppRouter>["inbox"]["list"];

function Where({ tenant, stage }: { tenant: string; stage: string }) {
  return (
    <>
      Tenant <span className="font-medium text-ink">{tenant}</span>, stage {stage}
    </>
  );
}

/** A group without rows explains itself in its place; only one with rows is counted and described. */
function about(rows: readonly unknown[], description: string) {
  return rows.length === 0 ? {} : { beside: rows.length, description };
}

const DECIDE_WORDS: Record<Inbox["decide"][number]["kind"], string> = {
  approval: "Review",
  signature: "Sign",
  unknown_outcome: "Settle",
  hand: "Attest",
};

export function DecideGroup({ rows }: { rows: Inbox["decide"] }) {
  return (
    <Section title="Decide" {...about(rows, "Nothing of this happens without you.")}>
      {rows.length === 0 ? (
        <EmptyState size="line" title="No decision waits for you.">
          A colleague&apos;s request to change the cloud appears here until a second person has approved or
          refused it.
        </EmptyState>
      ) : (
        <InboxRows label="Decide">
          {rows.map((row) => (
            <InboxRow
              key={row.id}
              primary
              href={
                row.kind === "unknown_outcome" || row.kind === "hand"
                  ? `/jobs/${row.id}`
                  : `/approvals/${row.id}`
              }
              title={row.stageTitle}
              mark={
                row.kind === "unknown_outcome" ? (
                  <StateMark state="unknown_outcome" size="sm" />
                ) : (
                  <EffectBadge effect={row.effect} />
                )
              }
              meta={
                <>
                  <Where tenant={row.tenantSlug} stage={row.stageKey} />, asked by{" "}
                  <Person name={row.requestedBy} />
                  <span className="line-clamp-2 text-small text-ink-3">{row.reason}</span>
                </>
              }
              time={
                <>
                  waits <Duration since={row.at} />
                </>
              }
              action={DECIDE_WORDS[row.kind]}
            />
          ))}
        </InboxRows>
      )}
    </Section>
  );
}

export function ContinueGroup({ rows }: { rows: Inbox["continue"] }) {
  return (
    <Section title="Continue" {...about(rows, "Your tenants, where the next step is yours.")}>
      {rows.length === 0 ? (
        <EmptyState
          size="line"
          title="Nothing of yours is under way."
          action={<Link href="/tenants">Open the tenants</Link>}
        >
          What you started and what comes after it appears here.
        </EmptyState>
      ) : (
        <InboxRows label="Continue">
          {rows.map((row) => {
            const { action, href } = nextStep(row);
            return (
              <InboxRow
                key={row.id}
                href={href}
                title={row.stageTitle}
                mark={<JobMark state={row.state} size="sm" />}
                meta={
                  <>
                    <Where tenant={row.tenantSlug} stage={row.stageKey} />, job {row.number}
                    {row.outcomeSays !== null && (
                      <span className="line-clamp-2 text-small text-ink-3">{row.outcomeSays}</span>
                    )}
                  </>
                }
                time={<RelativeTime at={row.at} focusable={false} />}
                action={action}
              />
            );
          })}
        </InboxRows>
      )}
    </Section>
  );
}

export function OthersGroup({ rows }: { rows: Inbox["waitingForOthers"] }) {
  if (rows.length === 0) return null;
  return (
    <Section
      title="Waiting for others"
      beside={rows.length}
      description="Requests that you cannot decide. Open one to see who can."
    >
      <InboxRows label="Waiting for others">
        {rows.map((row) => (
          <InboxRow
            key={row.id}
            href={`/approvals/${row.id}`}
            title={row.stageTitle}
            mark={<EffectBadge effect={row.effect} />}
            meta={
              <>
                <Where tenant={row.tenantSlug} stage={row.stageKey} />, asked by{" "}
                <Person name={row.requestedBy} />
                <span className="block text-small text-ink-3">{row.may.says}</span>
              </>
            }
            time={
              <>
                waits <Duration since={row.at} />
              </>
            }
            action="Open"
          />
        ))}
      </InboxRows>
    </Section>
  );
}

export function WatchGroup({ rows }: { rows: Inbox["watch"] }) {
  return (
    <Section
      title="Watch"
      {...about(rows, "What runs found out in the last 14 days that somebody should know.")}
    >
      {rows.length === 0 ? (
        <EmptyState size="line" title="No findings.">
          A run that observes something a document does not say, such as a cloud that lists all domains to a
          tenant, puts it here.
        </EmptyState>
      ) : (
        <InboxRows label="Watch">
          {rows.map((row) => (
            <InboxRow
              key={row.id}
              href={row.jobId === null ? `/tenants/${row.tenantId}` : `/jobs/${row.jobId}?tab=evidence`}
              title={row.says}
              mark={<Badge tone={row.severity === "problem" ? "bad" : "wait"}>{row.severity}</Badge>}
              meta={<Where tenant={row.tenantSlug} stage={row.stageKey} />}
              time={<RelativeTime at={row.at} focusable={false} />}
              action="Evidence"
            />
          ))}
        </InboxRows>
      )}
    </Section>
  );
}
