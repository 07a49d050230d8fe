"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import type { ApiError } from "#components/trpc/refusal.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Facets, ItemRowData } from "./board-data.ts";

type Set = { ownerId?: string | null; dueOn?: string | null };

/** Changes one field of one row in place, on the revision that the row shows. */
export function useQuickEdit(onError: (row: ItemRowData, error: ApiError) => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate } = useMutation(
    trpc.items.edit.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.items.pathFilter()),
    }),
  );
  return (row: ItemRowData, set: Set) =>
    mutate(
      { itemId: row.id, revision: row.revision, set, reason: null },
      { onError: (error) => onError(row, error) },
    );
}

export type QuickEdit = ReturnType<typeof useQuickEdit>;

const cell =
  "relative z-10 block w-full truncate rounded-sm text-left hover:underline decoration-dotted underline-offset-4";

type CellProps = { row: ItemRowData; edit: QuickEdit | null };

export function OwnerCell({ row, edit, people }: CellProps & { people: Facets["people"] }) {
  const [isOpen, setOpen] = useState(false);
  const name = people.find(({ id }) => id === row.ownerId)?.name ?? null;
  if (edit === null) return name === null ? <span className="text-ink-3">Nobody</span> : name;
  if (isOpen) {
    const options = people
      .filter(({ id, isDisabled }) => !isDisabled || id === row.ownerId)
      .map(({ id, name: label }) => ({ value: id, label }));
    return (
      <Select
        aria-label={`Owner of ${row.code}`}
        autoFocus
        className="relative z-10 -my-1"
        value={row.ownerId ?? ""}
        onBlur={() => setOpen(false)}
        onChange={({ target }) => {
          edit(row, { ownerId: target.value === "" ? null : target.value });
          setOpen(false);
        }}
        options={[{ value: "", label: "Nobody" }, ...options]}
      />
    );
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={() => setOpen(true)}
      className={name === null ? `${cell} text-ink-3` : cell}
      aria-label={`Owner of ${row.code}: ${name ?? "nobody"}. Change`}
    >
      {name ?? "Nobody"}
    </button>
  );
}

export function DueCell({ row, edit, today }: CellProps & { today: string }) {
  const [isOpen, setOpen] = useState(false);
  const isOverdue = row.closedAt === null && row.dueOn !== null && row.dueOn < today;
  const words = row.dueOn === null ? "No date" : isOverdue ? `${row.dueOn}, late` : row.dueOn;
  const tone = row.dueOn === null ? "text-ink-3" : isOverdue ? "font-medium text-bad" : "";
  if (edit === null) return <span className={`tnum ${tone}`}>{words}</span>;
  if (isOpen) {
    return (
      <Input
        type="date"
        aria-label={`Due date of ${row.code}`}
        autoFocus
        className="relative z-10 -my-1"
        defaultValue={row.dueOn ?? ""}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Escape") setOpen(false);
          if (key === "Enter") currentTarget.blur();
        }}
        onBlur={({ target }) => {
          const dueOn = target.value === "" ? null : target.value;
          if (dueOn !== row.dueOn) edit(row, { dueOn });
          setOpen(false);
        }}
      />
    );
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={() => setOpen(true)}
      className={`${cell} tnum ${tone}`}
      aria-label={`Due date of ${row.code}: ${words}. Change`}
    >
      {words}
    </button>
  );
}
