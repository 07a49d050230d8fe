"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { boardHref } from "#components/registers/board/list-params.ts";
import { ItemState } from "#components/registers/item-state.tsx";
import { KIND_WORDS } from "#components/registers/words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { NO_ITEM_FILTER } from "#server/domain/item/choices.ts";
import { ItemBody } from "./item-body.tsx";

/** One item as a page of its own, at an address of its own. */
export function ItemPage({ itemId }: { itemId: string }) {
  const trpc = useTRPC();
  const { data: item } = useSuspenseQuery(trpc.items.get.queryOptions({ itemId }));
  const { data: facets } = useSuspenseQuery(trpc.items.facets.queryOptions({ filter: NO_ITEM_FILTER }));
  const { many } = KIND_WORDS[item.kind];
  return (
    <>
      <PageHeader
        title={item.title}
        crumbs={[
          { label: "Registers", href: "/registers" },
          { label: many, href: boardHref({ kind: [item.kind] }) },
        ]}
        beside={<ItemState state={item.state} size="md" />}
        meta={<span className="font-mono">{item.code}</span>}
      />
      <div className="max-w-200">
        <ItemBody item={item} people={facets.people} />
      </div>
    </>
  );
}
