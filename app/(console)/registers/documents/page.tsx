import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { DocumentsList } from "#components/registers/documents/documents-list.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Documents" };

export default async function DocumentsListRoute() {
  await requireSignedIn("/registers/documents");
  const read = await readForPage(trpc.registers.documents.queryOptions({}));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <DocumentsList />
    </HydrationBoundary>
  );
}
