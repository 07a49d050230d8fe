import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { AuditAway } from "#components/audit/audit-away.tsx";
import { AuditLog } from "#components/audit/audit-log.tsx";
import { auditHref, readAuditParams } from "#components/audit/filter-params.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Audit log" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  const { filter, before } = readAuditParams(await searchParams);
  await requireSignedIn(auditHref("/audit", filter, before));
  // Asked before reading: a refused read is an event of the audit, and opening a page is none.
  const { may } = await requestQueryClient().fetchQuery(trpc.inbox.session.queryOptions({}));
  if (!may.audit.allowed) return <AuditAway title="Audit log" says={may.audit.says ?? ""} />;
  await requestQueryClient().fetchQuery(trpc.audit.list.queryOptions({ filter, before }));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <AuditLog filter={filter} before={before} />
    </HydrationBoundary>
  );
}
