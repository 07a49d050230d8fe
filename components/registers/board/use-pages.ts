"use client";

import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { ITEM_PAGE } from "#server/domain/item/choices.ts";
import type { ItemList } from "#server/domain/item/schema.ts";
import type { ItemRowData } from "./board-data.ts";

const EMPTY: readonly ItemRowData[] = [];

/** The shape of a list, and its rows by number: those of the pages in view are read, the others are not there. */
export function useOutline(list: ItemList) {
  const trpc = useTRPC();
  return useQuery(trpc.items.outline.queryOptions(list, { placeholderData: keepPreviousData }));
}

/** Rows of the pages that these lines touch. Pages that a quick scroll passes by are not asked for. */
export function usePages(
  list: ItemList,
  begins: readonly { group: string | null; key: string; id: string }[],
  lines: readonly number[],
): (at: number) => ItemRowData | undefined {
  const trpc = useTRPC();
  const wanted = [...new Set(lines.map((at) => Math.floor(at / ITEM_PAGE)))].join(" ");
  const pages = useDeferredValue(wanted)
    .split(" ")
    .flatMap((text) => (text === "" ? [] : [Number(text)]))
    .filter((page) => page === 0 || begins[page - 1] !== undefined);
  const answers = useQueries({
    queries: pages.map((page) =>
      trpc.items.list.queryOptions({ ...list, after: page === 0 ? null : (begins[page - 1] ?? null) }),
    ),
  });
  const byPage = new Map(answers.map(({ data }, at) => [pages[at] ?? -1, data?.rows ?? EMPTY]));
  return (at) => byPage.get(Math.floor(at / ITEM_PAGE))?.[at % ITEM_PAGE];
}
