"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { EmergenciesGroup } from "#components/break-glass/emergencies-group.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { ContinueGroup, DecideGroup, OthersGroup, WatchGroup } from "./inbox-groups.tsx";
import { ReturnedGroup, SettleGroup } from "./register-groups.tsx";
import { ProposalsGroup } from "./proposals-group.tsx";

/** What needs me, what is mine to go on with, what to keep an eye on. */
export function InboxPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.inbox.list.queryOptions({}));
  return (
    <>
      <PageHeader title="Inbox" />
      <div className="grid max-w-240 gap-8">
        <EmergenciesGroup rows={data.emergencies} />
        <DecideGroup rows={data.decide} />
        <SettleGroup rows={data.settle} />
        <ProposalsGroup rows={data.proposals} />
        <ContinueGroup rows={data.continue} />
        <OthersGroup rows={data.waitingForOthers} />
        <WatchGroup rows={data.watch} />
        <ReturnedGroup rows={data.returned} />
      </div>
    </>
  );
}
