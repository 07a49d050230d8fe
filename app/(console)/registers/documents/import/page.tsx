import type { Metadata } from "next";
import { ImportPage } from "#components/registers/import/import-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Import a document" };

type ImportRouteProps = { searchParams: Promise<{ path?: string }> };

export default async function ImportRoute({ searchParams }: ImportRouteProps) {
  const { path = "" } = await searchParams;
  await requireSignedIn("/registers/documents/import");
  const read = await readForPage(trpc.registers.documents.queryOptions({}));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  const { allowed, says } = read.data.may.import;
  return (
    <ImportPage
      initialPath={typeof path === "string" ? path.slice(0, 200) : ""}
      obstacle={allowed ? null : says}
    />
  );
}
