import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DocumentPage } from "#components/runbooks/document-page.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type DocumentRouteProps = { params: Promise<{ documentId: string }> };

export async function generateMetadata({ params }: DocumentRouteProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Runbook" };
  const { documentId } = await params;
  const read = await readForPage(trpc.runbooks.document.queryOptions({ documentId }));
  return { title: read.kind === "read" ? read.data.name : "Runbook" };
}

export default async function DocumentRoute({ params }: DocumentRouteProps) {
  const { documentId } = await params;
  await requireSignedIn(`/runbooks/documents/${documentId}`);
  const read = await readForPage(trpc.runbooks.document.queryOptions({ documentId }));
  if (read.kind === "refused") notFound();
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <DocumentPage documentId={documentId} />
    </HydrationBoundary>
  );
}
