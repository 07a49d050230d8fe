"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, useCallback, useMemo, useRef } from "react";
import { Link } from "#components/ui/link.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { ItemGroup, ITEM_SORTS } from "#server/domain/item/choices.ts";
import type { ItemList } from "#server/domain/item/schema.ts";
import type { Facets, ItemRowData, Outline } from "./board-data.ts";
import { groupHref, groupWord } from "./group-words.ts";
import { ItemRow } from "./item-row.tsx";
import { boardHref, type ListParams } from "./list-params.ts";
import type { QuickEdit } from "./quick-edit.tsx";
import { countPlaces, groupStarts, type Group, placeAt } from "./row-places.ts";
import { usePages } from "./use-pages.ts";

const ROW_PX = 36;
/** Before the browser has measured: enough rows for a tall window, so that the first paint is complete. */
const FIRST_RECT = { width: 1200, height: 900 };
const NO_BEGINS: Outline["begins"] = [];

type Sort = (typeof ITEM_SORTS)[number];
type ItemsTableProps = {
  params: ListParams;
  list: ItemList;
  outline: Outline | undefined;
  facets: Facets;
  today: string;
  edit: QuickEdit | null;
  selected: ReadonlyMap<string, ItemRowData>;
  onSelect: (row: ItemRowData) => void;
  onOpen: (itemId: string) => void;
};

function Spacer({ height, span }: { height: number; span: number }) {
  return height <= 0 ? null : (
    <tr aria-hidden="true">
      <td colSpan={span} style={{ height, padding: 0 }} />
    </tr>
  );
}

function GroupRow({
  by,
  group,
  params,
  facets,
  span,
}: {
  by: ItemGroup;
  group: Group;
  params: ListParams;
  facets: Facets;
  span: number;
}) {
  return (
    <TableRow className="bg-sunken">
      <TableCell colSpan={span} className="text-small">
        <Link tone="quiet" href={groupHref(params, by, group.value)} className="font-medium">
          {groupWord(by, group.value, facets)}
        </Link>
        <span className="tnum ml-2 text-ink-3">{group.count}</span>
      </TableCell>
    </TableRow>
  );
}

/** Items as a table in which only the lines in view exist, however many the list has. */
export function ItemsTable(props: ItemsTableProps) {
  const { params, list, outline, facets, today, edit, selected, onSelect, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const groups = outline?.groups ?? null;
  const starts = useMemo(() => groupStarts(groups ?? []), [groups]);
  const virtualizer = useVirtualizer({
    count: countPlaces(outline?.total ?? 0, groups),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    initialRect: FIRST_RECT,
    overscan: 12,
  });
  const lines = virtualizer.getVirtualItems();
  const places = lines.map(({ index }) => placeAt(index, groups, starts));
  const rowOf = usePages(
    list,
    outline?.begins ?? NO_BEGINS,
    places.flatMap((place) => (place.kind === "row" ? [place.at] : [])),
  );
  const open = useCallback(
    (event: MouseEvent, itemId: string) => {
      const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0);
      // A narrow screen has no room beside the list: there the item is a page.
      if (!isPlain || !window.matchMedia("(min-width: 64rem)").matches) return;
      event.preventDefault();
      onOpen(itemId);
    },
    [onOpen],
  );
  const isNarrow = params.item !== null;
  const span = (edit === null ? 0 : 1) + (isNarrow ? 2 : 6);
  const head = { params, list };

  /** `x` selects the row that has the focus. */
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "x" || edit === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    const id =
      target instanceof HTMLElement && target.matches("[data-nav-row]")
        ? target.closest<HTMLElement>("[data-item]")?.dataset["item"]
        : undefined;
    const row = places
      .flatMap((place) => (place.kind === "row" ? [rowOf(place.at)] : []))
      .find((one) => one?.id === id);
    if (row !== undefined) onSelect(row);
  }

  return (
    <div onKeyDown={onKeyDown}>
      <Table label="Items" scrollRef={scroller} maxHeight="max(20rem, calc(100dvh - 15rem))">
        <TableHead>
          {edit !== null && (
            <TableHeaderCell fit>
              <span className="sr-only">Selected</span>
            </TableHeaderCell>
          )}
          <SortedHead {...head} by="code" label="Item" />
          <SortedHead {...head} by="state" label="State" hideBelow="md" />
          {!isNarrow && (
            <>
              <TableHeaderCell hideBelow="2xl">Kind</TableHeaderCell>
              <SortedHead {...head} by="owner" label="Owner" hideBelow="md" />
              <SortedHead {...head} by="due" label="Due" hideBelow="md" />
              <SortedHead {...head} by="age" label="Age" hideBelow="lg" />
            </>
          )}
        </TableHead>
        <TableBody>
          <Spacer height={lines[0]?.start ?? 0} span={span} />
          {lines.map(({ index }, at) => {
            const place = places[at];
            if (place?.kind === "group" && list.group !== null) {
              return (
                <GroupRow
                  key={index}
                  by={list.group}
                  group={place.group}
                  params={params}
                  facets={facets}
                  span={span}
                />
              );
            }
            const row = place?.kind === "row" ? rowOf(place.at) : undefined;
            if (row === undefined) {
              return (
                <TableRow key={index} ref={virtualizer.measureElement} data-index={index}>
                  <TableCell colSpan={span}>
                    <Skeleton className="w-2/3" />
                  </TableCell>
                </TableRow>
              );
            }
            return (
              <ItemRow
                key={index}
                ref={virtualizer.measureElement}
                index={index}
                row={row}
                people={facets.people}
                today={today}
                edit={edit}
                isSelected={selected.has(row.id)}
                isShown={params.item === row.id}
                isNarrow={isNarrow}
                onSelect={onSelect}
                onOpen={open}
              />
            );
          })}
          <Spacer height={virtualizer.getTotalSize() - (lines.at(-1)?.end ?? 0)} span={span} />
        </TableBody>
      </Table>
    </div>
  );
}

function SortedHead({
  params,
  list,
  by,
  label,
  hideBelow,
}: {
  params: ListParams;
  list: ItemList;
  by: Sort;
  label: string;
  hideBelow?: "md" | "lg";
}) {
  const isBy = list.sort === by;
  return (
    <TableHeaderCell
      hideBelow={hideBelow}
      sortHref={boardHref({ ...params, sort: by, down: isBy ? !list.descending : false })}
      sorted={isBy ? (list.descending ? "descending" : "ascending") : undefined}
    >
      {label}
    </TableHeaderCell>
  );
}
