import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { AuditAway } from "#components/audit/audit-away.tsx";
import { HeadsPage } from "#components/audit/heads-page.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Signed heads" };

export default async function Page() {
  await requireSignedIn("/audit/heads");
  const { may } = await requestQueryClient().fetchQuery(trpc.inbox.session.queryOptions({}));
  if (!may.audit.allowed) return <AuditAway title="Signed heads" says={may.audit.says ?? ""} />;
  await requestQueryClient().fetchQuery(trpc.audit.heads.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <HeadsPage />
    </HydrationBoundary>
  );
}
