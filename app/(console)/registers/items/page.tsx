import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ItemsBoard } from "#components/registers/board/items-board.tsx";
import { boardHref, listOf, loadListParams } from "#components/registers/board/list-params.ts";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export const metadata: Metadata = { title: "Items" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  const params = await loadListParams(searchParams);
  await requireSignedIn(boardHref(params));
  const list = listOf(params);
  const client = requestQueryClient();
  await Promise.all([
    client.fetchQuery(trpc.items.list.queryOptions({ ...list, after: null })),
    client.fetchQuery(trpc.items.outline.queryOptions(list)),
    client.fetchQuery(trpc.items.facets.queryOptions({ filter: list.filter })),
    // One that is gone is said in the drawer.
    params.item === null ? null : client.prefetchQuery(trpc.items.get.queryOptions({ itemId: params.item })),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ItemsBoard />
    </HydrationBoundary>
  );
}
