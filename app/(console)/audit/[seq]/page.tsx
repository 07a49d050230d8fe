import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AuditAway } from "#components/audit/audit-away.tsx";
import { EntryPage } from "#components/audit/entry-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";
import { auditSeqSchema } from "#server/domain/audit/schema.ts";

type Props = { params: Promise<{ seq: string }> };

async function seqOf({ params }: Props): Promise<number> {
  const { seq } = await params;
  const parsed = auditSeqSchema.safeParse({ seq: /^[1-9]\d*$/.test(seq) ? Number(seq) : null });
  return parsed.success ? parsed.data.seq : notFound();
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: `Entry ${await seqOf(props)} of the audit log` };
}

export default async function Page(props: Props) {
  const seq = await seqOf(props);
  await requireSignedIn(`/audit/${seq}`);
  const { may } = await requestQueryClient().fetchQuery(trpc.inbox.session.queryOptions({}));
  if (!may.audit.allowed) return <AuditAway title={`Entry ${seq}`} says={may.audit.says ?? ""} />;
  const entry = await readForPage(trpc.audit.entry.queryOptions({ seq }));
  if (entry.kind === "refused") return <Notice kind="danger" title={entry.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <EntryPage seq={seq} />
    </HydrationBoundary>
  );
}
