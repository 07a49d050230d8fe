import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ProposalPage } from "#components/proposals/proposal-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type Props = { params: Promise<{ proposalId: string }> };

async function readProposal(props: Props) {
  const { proposalId } = await props.params;
  await requireSignedIn(`/settings/proposals/${proposalId}`);
  return readForPage(trpc.proposals.get.queryOptions({ proposalId }));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const read = await readProposal(props);
  if (read.kind === "refused") return { title: "Proposal" };
  return { title: `Proposal ${read.data.number}: ${read.data.rendering.title}` };
}

export default async function Page(props: Props) {
  const read = await readProposal(props);
  if (read.kind === "refused") return <Notice kind="danger" title={read.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <ProposalPage proposalId={read.data.id} />
    </HydrationBoundary>
  );
}
