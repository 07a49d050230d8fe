"use client";

import { useQuery } from "@tanstack/react-query";
import { Maximize2, X } from "lucide-react";
import NextLink from "next/link";
import { useEffect, useEffectEvent } from "react";
import type { Facets } from "#components/registers/board/board-data.ts";
import { ItemState } from "#components/registers/item-state.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { ItemBody } from "./item-body.tsx";

type ItemDrawerProps = { itemId: string; people: Facets["people"]; onClose: () => void };

/** One item beside its list, or over it where there is no room. */
export function ItemDrawer({ itemId, people, onClose }: ItemDrawerProps) {
  const trpc = useTRPC();
  const { data: item, error } = useQuery(trpc.items.get.queryOptions({ itemId }));
  const close = useEffectEvent((event: KeyboardEvent) => {
    const isElsewhere = document.querySelector("[role='dialog'], [role='alertdialog']") !== null;
    if (event.key === "Escape" && !event.defaultPrevented && !isElsewhere) onClose();
  });
  // Synchronises with the document's key events.
  useEffect(() => {
    const listen = (event: KeyboardEvent) => close(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  return (
    <aside
      aria-label={item === undefined ? "Item" : `Item ${item.code}`}
      className="rounded-md border border-line bg-surface max-lg:fixed max-lg:inset-x-0 max-lg:top-12 max-lg:bottom-14 max-lg:z-30 lg:sticky lg:top-16 lg:max-h-[calc(100dvh-5rem)] lg:self-start overflow-y-auto"
    >
      <header className="sticky top-0 z-10 flex items-start gap-2 border-b border-line bg-surface px-4 py-3">
        <div className="grid min-w-0 flex-1 gap-1">
          {item !== undefined && (
            <>
              <p className="flex flex-wrap items-center gap-x-3">
                <span className="font-mono text-small text-ink-2">{item.code}</span>
                <ItemState state={item.state} />
              </p>
              <h2 className="text-lead font-medium wrap-anywhere">{item.title}</h2>
            </>
          )}
        </div>
        <NextLink
          href={`/registers/items/${itemId}`}
          prefetch={false}
          aria-label="Open as a page"
          data-hint="Open as a page"
          className="grid size-7 place-items-center rounded-md text-ink-2 hover:bg-hover"
        >
          <Maximize2 aria-hidden="true" className="size-4" />
        </NextLink>
        <IconButton label="Close" size="sm" onClick={onClose}>
          <X />
        </IconButton>
      </header>
      <div className="px-4 py-4">
        <RefusalNotice error={error} />
        {item === undefined && error === null && <SkeletonLines lines={6} label="Reading the item" />}
        {item !== undefined && <ItemBody key={itemId} item={item} people={people} />}
      </div>
    </aside>
  );
}
