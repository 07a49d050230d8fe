"use client";

import { memo, type MouseEvent, type Ref } from "react";
import { ItemState } from "#components/registers/item-state.tsx";
import { KIND_WORDS } from "#components/registers/words.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink, TableCell, TableRow } from "#components/ui/table.tsx";
import type { Facets, ItemRowData } from "./board-data.ts";
import { Hits } from "./hits.tsx";
import { DueCell, OwnerCell, type QuickEdit } from "./quick-edit.tsx";

type ItemRowProps = {
  row: ItemRowData;
  index: number;
  people: Facets["people"];
  today: string;
  /** Null where the list cannot be changed. */
  edit: QuickEdit | null;
  isSelected: boolean;
  isShown: boolean;
  /** Beside an open item there is room for its name and state alone. */
  isNarrow: boolean;
  onSelect: (row: ItemRowData) => void;
  onOpen: (event: MouseEvent, itemId: string) => void;
  ref: Ref<HTMLTableRowElement>;
};

/** One item of the board: two lines on a narrow screen, columns on a wide one. */
export const ItemRow = memo(function ItemRow(props: ItemRowProps) {
  const { row, index, people, today, edit, isSelected, isShown, isNarrow, onSelect, onOpen, ref } = props;
  return (
    <TableRow ref={ref} data-index={index} data-item={row.id} selected={isSelected || isShown}>
      {edit !== null && (
        <TableCell fit className="pr-0!">
          <Checkbox
            label={`Select ${row.code}`}
            hideLabel
            tabIndex={-1}
            className="relative z-10"
            checked={isSelected}
            onChange={() => onSelect(row)}
          />
        </TableCell>
      )}
      <TableCell className="w-full max-w-0">
        <span className="flex min-w-0 items-baseline gap-3">
          <span className="w-20 shrink-0 truncate font-mono text-small text-ink-2">{row.code}</span>
          <RowLink
            href={`/registers/items/${row.id}`}
            prefetch={false}
            onClick={(event) => onOpen(event, row.id)}
            className="truncate"
          >
            {row.hits === null ? row.title : <Hits pieces={row.hits.title} />}
          </RowLink>
        </span>
        {row.hits !== null && row.hits.words.length > 0 && (
          <span className="block truncate pl-23 text-small text-ink-3">
            <Hits pieces={row.hits.words} />
          </span>
        )}
        {row.waitsFor.length > 0 && (
          <span className="block truncate pl-23 text-small text-ink-3">
            Waits for {row.waitsFor.join(", ")}
          </span>
        )}
        <span className="mt-0.5 flex flex-wrap items-center gap-x-3 pl-23 text-small text-ink-2 md:hidden">
          <ItemState state={row.state} />
          <span className="tnum">{row.dueOn ?? "No date"}</span>
        </span>
      </TableCell>
      <TableCell hideBelow="md" className="w-px">
        <span className="block w-32 truncate">
          <ItemState state={row.state} />
        </span>
      </TableCell>
      {!isNarrow && (
        <>
          <TableCell hideBelow="2xl" fit className="text-ink-2">
            {KIND_WORDS[row.kind].one}
          </TableCell>
          <TableCell hideBelow="md" className="w-px">
            <span className="block w-32">
              <OwnerCell row={row} edit={edit} people={people} />
            </span>
          </TableCell>
          <TableCell hideBelow="md" className="w-px">
            <span className="block w-36">
              <DueCell row={row} edit={edit} today={today} />
            </span>
          </TableCell>
          <TableCell hideBelow="lg" fit className="text-ink-2">
            <RelativeTime at={row.createdAt} focusable={false} short />
          </TableCell>
        </>
      )}
    </TableRow>
  );
});
