import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DraftPage } from "#components/runbooks/draft-page.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type DraftRouteProps = { params: Promise<{ draftId: string }> };

export async function generateMetadata({ params }: DraftRouteProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Runbook" };
  const { draftId } = await params;
  const read = await readForPage(trpc.runbooks.draft.queryOptions({ draftId }));
  return { title: read.kind === "read" ? `Draft of ${read.data.slug}` : "Runbook" };
}

export default async function DraftRoute({ params }: DraftRouteProps) {
  const { draftId } = await params;
  await requireSignedIn(`/runbooks/drafts/${draftId}`);
  const read = await readForPage(trpc.runbooks.draft.queryOptions({ draftId }));
  if (read.kind === "refused") notFound();
  await requestQueryClient().fetchQuery(trpc.runbooks.operations.queryOptions({}));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <DraftPage draftId={draftId} />
    </HydrationBoundary>
  );
}
