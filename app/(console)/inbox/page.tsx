import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { InboxPage } from "#components/inbox/inbox-page.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Inbox" };

export default async function Page() {
  await requireSignedIn("/inbox");
  await requestQueryClient().fetchQuery(trpc.inbox.list.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <InboxPage />
    </HydrationBoundary>
  );
}
