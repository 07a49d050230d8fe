import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { CheckPage } from "#components/checks/check-page.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

type Props = { params: Promise<{ itemId: string }> };

async function readCheck(props: Props) {
  const { itemId } = await props.params;
  await requireSignedIn(`/registers/checks/${itemId}`);
  return readForPage(trpc.checks.get.queryOptions({ itemId }));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const check = await readCheck(props);
  if (check.kind === "refused") return { title: "Check" };
  return { title: `${check.data.item.code}: ${check.data.item.title}` };
}

export default async function Page(props: Props) {
  const check = await readCheck(props);
  if (check.kind === "refused") return <Notice kind="danger" title={check.says} />;
  const { item, runs } = check.data;
  const [run] = runs;
  if (run !== undefined) {
    await requestQueryClient().fetchQuery(trpc.checks.output.queryOptions({ runId: run.id, after: 0 }));
  }
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <CheckPage itemId={item.id} />
    </HydrationBoundary>
  );
}
