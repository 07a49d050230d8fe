import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { PartPage } from "#components/registers/documents/part-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type PartRouteProps = {
  params: Promise<{ documentId: string }>;
  searchParams: Promise<{ part?: string | string[] }>;
};

async function askedFor({ params, searchParams }: PartRouteProps) {
  const { documentId } = await params;
  const { part } = await searchParams;
  return { documentId, part: typeof part === "string" ? part : "" };
}

export async function generateMetadata(props: PartRouteProps): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Words" };
  const read = await readForPage(trpc.registers.prose.queryOptions(await askedFor(props)));
  return { title: read.kind === "read" ? `${read.data.title} of ${read.data.path}` : "Words" };
}

export default async function PartRoute(props: PartRouteProps) {
  const asked = await askedFor(props);
  await requireSignedIn(
    `/registers/documents/${asked.documentId}/words?part=${encodeURIComponent(asked.part)}`,
  );
  const read = await readForPage(trpc.registers.prose.queryOptions(asked));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <PartPage {...asked} />
    </HydrationBoundary>
  );
}
