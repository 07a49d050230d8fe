"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ClipboardList } from "lucide-react";
import { useQueryStates } from "nuqs";
import { lazy, Suspense, useCallback, useState } from "react";
import { KIND_WORDS } from "#components/registers/words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { type ApiError, RefusalNotice } from "#components/trpc/refusal.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { cx } from "#components/ui/class-names.ts";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import type { ItemList } from "#server/domain/item/schema.ts";
import type { ItemRowData } from "./board-data.ts";
import { BoardFilters } from "./board-filters.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { ItemsTable } from "./items-table.tsx";
import { NewItemButton } from "./new-item.tsx";
import { NEW_KINDS } from "./new-item-form.ts";
import { isNarrowed, listOf, listParsers, type ListParams, viewQuery } from "./list-params.ts";
import { useQuickEdit } from "./quick-edit.tsx";
import { useOutline } from "./use-pages.ts";
import { ViewsMenu } from "./views-menu.tsx";

/** Read when an item is opened: what renders its words is as large as the board. */
const ItemDrawer = lazy(async () => ({
  default: (await import("#components/registers/item/item-drawer.tsx")).ItemDrawer,
}));

const NOTHING: ReadonlyMap<string, ItemRowData> = new Map();

const exportHref = (list: ItemList, format: "csv" | "markdown") =>
  `/api/registers/items/export?list=${encodeURIComponent(JSON.stringify({ ...list, format }))}`;

/** Both forms of changelogs are one register. */
const isChangelog = ({ kind }: ListParams) =>
  kind.length === 2 && kind.includes("change") && kind.includes("running_entry");

function titleOf(params: ListParams): string {
  const [only, ...more] = params.kind;
  if (isChangelog(params)) return "Changelog";
  return only !== undefined && more.length === 0 ? KIND_WORDS[only].many : "Items";
}

/** The kind that is looked at, where a new item can be of it. */
function kindOf(params: ListParams) {
  const [only, ...more] = isChangelog(params) ? ["change"] : params.kind;
  return NEW_KINDS.find((one) => more.length === 0 && only === one) ?? "H";
}

/** Every line of every register: filtered, searched, ordered and grouped as its address says. */
export function ItemsBoard() {
  const trpc = useTRPC();
  const [params, setParams] = useQueryStates(listParsers);
  const [selected, setSelected] = useState(NOTHING);
  const [failed, setFailed] = useState<{ row: ItemRowData; error: ApiError } | null>(null);
  const list = listOf(params);
  const { data: outline } = useOutline(list);
  const { data: facets } = useQuery(
    trpc.items.facets.queryOptions({ filter: list.filter }, { placeholderData: keepPreviousData }),
  );
  const quickEdit = useQuickEdit(
    useCallback((row: ItemRowData, error: ApiError) => setFailed({ row, error }), []),
  );
  const onSelect = useCallback((row: ItemRowData) => {
    setSelected((before) => {
      const next = new Map(before);
      if (!next.delete(row.id)) next.set(row.id, row);
      return next;
    });
  }, []);
  const onOpen = useCallback((itemId: string) => void setParams({ item: itemId }), [setParams]);
  if (facets === undefined) return <SkeletonLines lines={10} label="Reading the items" />;
  const edit = facets.may.edit.allowed ? quickEdit : null;
  const isEmpty = outline?.total === 0;

  return (
    <>
      <PageHeader
        title={titleOf(params)}
        meta={
          <span className="tnum">
            {outline === undefined
              ? "Counting"
              : `${outline.total} ${outline.total === 1 ? "item" : "items"}`}
            {facets.may.edit.says !== null && <span className="ml-2 text-ink-3">{facets.may.edit.says}</span>}
          </span>
        }
        actions={
          <>
            <ViewsMenu query={viewQuery(params)} />
            <DownloadLink href={exportHref(list, "csv")}>CSV</DownloadLink>
            <DownloadLink href={exportHref(list, "markdown")}>Markdown</DownloadLink>
            <NewItemButton facets={facets} kind={kindOf(params)} onMade={onOpen} />
          </>
        }
      />
      <BoardFilters params={params} facets={facets} change={(of) => void setParams(of)} />
      {failed !== null && (
        <div className="pb-3">
          <RefusalNotice
            error={failed.error}
            action={<Link href={`/registers/items/${failed.row.id}`}>Open {failed.row.code}</Link>}
          />
        </div>
      )}
      {edit !== null && (
        <BulkBar selected={selected} people={facets.people} onClear={() => setSelected(NOTHING)} />
      )}
      <div
        className={cx(
          "grid gap-4",
          params.item !== null && "lg:grid-cols-[minmax(0,1fr)_minmax(26rem,34rem)]",
        )}
      >
        {isEmpty ? (
          <EmptyBoard isNarrow={isNarrowed(list.filter)} />
        ) : (
          <ItemsTable
            params={params}
            list={list}
            outline={outline}
            facets={facets}
            today={facets.today.toISOString().slice(0, 10)}
            edit={edit}
            selected={selected}
            onSelect={onSelect}
            onOpen={onOpen}
          />
        )}
        {params.item !== null && (
          <Suspense fallback={<SkeletonLines lines={6} label="Reading the item" />}>
            <ItemDrawer
              itemId={params.item}
              people={facets.people}
              onClose={() => void setParams({ item: null })}
            />
          </Suspense>
        )}
      </div>
    </>
  );
}

function EmptyBoard({ isNarrow }: { isNarrow: boolean }) {
  return isNarrow ? (
    <EmptyState
      glyph={<ClipboardList />}
      title="No item is like that"
      action={<ButtonLink href="/registers/items">Show all open items</ButtonLink>}
    >
      Nothing in the registers fits these filters. Closed items are shown by Closed or All.
    </EmptyState>
  ) : (
    <EmptyState
      glyph={<ClipboardList />}
      title="Nothing is open"
      action={<ButtonLink href="/registers/documents/import">Import a document</ButtonLink>}
      more={<Link href="/registers/items?show=all">Show closed items</Link>}
    >
      Open items, checks, rulings, decisions and ledger rows come from the documents that you import, and go
      back into them.
    </EmptyState>
  );
}
