import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { DecisionPage } from "#components/access/decision-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type Props = { params: Promise<{ decisionId: string }> };

const idOf = async ({ params }: Props) => decodeURIComponent((await params).decisionId);

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: `Decision ${(await idOf(props)).replace(/^decision:/, "")}` };
}

export default async function Page(props: Props) {
  const decisionId = await idOf(props);
  await requireSignedIn(`/access/decisions/${encodeURIComponent(decisionId)}`);
  const read = await readForPage(trpc.access.decision.queryOptions({ decisionId }));
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <DecisionPage decisionId={decisionId} />
    </HydrationBoundary>
  );
}
