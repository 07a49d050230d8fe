import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { boardSearchParams } from "#components/tenants/board-search-params.ts";
import { TenantsBoard } from "#components/tenants/tenants-board.tsx";
import { TenantsAway } from "#components/tenants/tenants-away.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Tenants" };

type TenantsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function TenantsPage({ searchParams }: TenantsPageProps) {
  await requireSignedIn("/tenants");
  const cloudId = boardSearchParams.cloud.parseServerSide((await searchParams)["cloud"]);
  const board = await readForPage(trpc.tenants.board.queryOptions({ cloudId }));
  if (board.kind === "refused") return <TenantsAway title="Tenants" says={board.says} />;
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <TenantsBoard />
    </HydrationBoundary>
  );
}
