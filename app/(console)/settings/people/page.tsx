import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { PeopleAway } from "#components/people/people-away.tsx";
import { PeopleSettings } from "#components/people/people-settings.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  await requireSignedIn("/settings/people");
  const session = await requestQueryClient().fetchQuery(trpc.inbox.session.queryOptions({}));
  // Asked before reading: a refused read is an event of the audit, and opening a page is none.
  if (!session.may.people.allowed) return <PeopleAway says={session.may.people.says ?? ""} />;
  await requestQueryClient().fetchQuery(trpc.people.list.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <PeopleSettings />
    </HydrationBoundary>
  );
}
