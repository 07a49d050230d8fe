"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { DesiredEditor } from "./desired-editor.tsx";
import { type HostFacts } from "./guest-data.ts";
import { Generations } from "./generations.tsx";
import { GuestTable } from "./guest-table.tsx";
import { HostJournal, Jobs, SignersQueue } from "./host-work.tsx";
import { PlanLanes } from "./plan-lanes.tsx";
import { RecoveryMode } from "./recovery-mode.tsx";

function Meta({ facts }: { facts: HostFacts }) {
  const { host, observed, desired, plan } = facts;
  return (
    <>
      <span>
        Hypervisor <span className="font-medium text-ink">{host.cloud.name}</span>
      </span>
      <span>Generation {desired?.generation ?? "none"}</span>
      {observed.at === null ? (
        <span>Not looked at yet</span>
      ) : (
        <span>
          Looked at <RelativeTime at={observed.at} />
        </span>
      )}
      {plan !== null && <span>Every {plan.interval_seconds} s</span>}
    </>
  );
}

/** One host: guests as they are wanted beside what they are, what would be done to each, and what was done. */
export function HostView({ hostId }: { hostId: string }) {
  const trpc = useTRPC();
  const { data: facts } = useSuspenseQuery({
    ...trpc.guests.host.queryOptions({ tenantId: hostId }),
    refetchInterval: 5_000,
  });
  const { host, observed, plan } = facts;
  const isAsWanted = plan?.in_sync === true;
  return (
    <>
      <PageHeader
        title={host.name}
        crumbs={[{ label: "Guests", href: "/guests" }]}
        beside={
          plan && (
            <StateMark
              state={isAsWanted ? "passed" : "waiting"}
              label={isAsWanted ? "As wanted" : "Differs"}
            />
          )
        }
        meta={<Meta facts={facts} />}
        actions={
          plan !== null &&
          !host.isGivenUp && (
            <>
              {plan.intents.some(({ op }) => op === "create" || op === "guest_destroy") && (
                <ButtonLink href={`/tenants/${host.id}/stages/G3`}>Preview scratch guests</ButtonLink>
              )}
              {plan.intents.some(({ outcome }) => outcome !== "benign") && (
                <ButtonLink href={`/tenants/${host.id}/stages/G2`}>Preview what destroys</ButtonLink>
              )}
              <ButtonLink href={`/tenants/${host.id}/stages/G1`} variant="primary" icon={<ArrowRight />}>
                Preview the change
              </ButtonLink>
            </>
          )
        }
      />
      <div className="grid gap-8">
        {host.isGivenUp && (
          <Notice kind="warning" title={`${host.name} was given up`}>
            A signed decommission destroyed its guests. Nothing is planned on it any more.
          </Notice>
        )}
        {observed.problem !== null && (
          <Notice kind="warning" title={observed.problem}>
            What is shown here is what was seen before. It is tried again after the interval of this host,
            then ever later, up to an hour.
          </Notice>
        )}
        {facts.recovery !== null && <RecoveryMode facts={facts} />}
        <GuestTable facts={facts} />
        <PlanLanes plan={plan} />
        <DesiredEditor key={facts.desired?.generation ?? 0} facts={facts} />
        <Generations generations={facts.generations} />
        <SignersQueue jobs={facts.jobs} />
        <Jobs jobs={facts.jobs} />
        <HostJournal journal={facts.journal} />
        {facts.recovery === null && <RecoveryMode facts={facts} />}
      </div>
    </>
  );
}
