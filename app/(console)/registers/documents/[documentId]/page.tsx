import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { DocumentPage } from "#components/registers/documents/document-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type DocumentRouteProps = {
  params: Promise<{ documentId: string }>;
  searchParams: Promise<{ version?: string }>;
};

async function askedFor({ params, searchParams }: DocumentRouteProps) {
  const { documentId } = await params;
  const { version } = await searchParams;
  return {
    documentId,
    version: version !== undefined && /^[1-9][0-9]{0,6}$/.test(version) ? Number(version) : null,
  };
}

export async function generateMetadata(props: DocumentRouteProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Document" };
  const read = await readForPage(trpc.registers.document.queryOptions(await askedFor(props)));
  return { title: read.kind === "read" ? read.data.path : "Document" };
}

export default async function DocumentRoute(props: DocumentRouteProps) {
  const asked = await askedFor(props);
  await requireSignedIn(`/registers/documents/${asked.documentId}`);
  const read = await readForPage(trpc.registers.document.queryOptions(asked));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <DocumentPage {...asked} />
    </HydrationBoundary>
  );
}
