import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ItemPage } from "#components/registers/item/item-page.tsx";
import { readForPage } from "#server/api/rsc-read.ts";
import { isSignedIn, requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";
import { NO_ITEM_FILTER } from "#server/domain/item/choices.ts";

type Props = { params: Promise<{ itemId: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  if (!(await isSignedIn())) return { title: "Item" };
  const { itemId } = await params;
  const item = await readForPage(trpc.items.get.queryOptions({ itemId }));
  return { title: item.kind === "read" ? `${item.data.code}: ${item.data.title}` : "Item" };
}

export default async function Page({ params }: Props) {
  const { itemId } = await params;
  await requireSignedIn(`/registers/items/${itemId}`);
  const item = await readForPage(trpc.items.get.queryOptions({ itemId }));
  if (item.kind === "refused") notFound();
  await requestQueryClient().fetchQuery(trpc.items.facets.queryOptions({ filter: NO_ITEM_FILTER }));
  return (
    <HydrationBoundary state={dehydrate(requestQueryClient())}>
      <ItemPage itemId={itemId} />
    </HydrationBoundary>
  );
}
