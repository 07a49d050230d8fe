"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { BULK_MAX } from "#server/domain/item/choices.ts";
import type { Facets, ItemRowData } from "./board-data.ts";

const KEEP = "keep";

type BulkBarProps = {
  selected: ReadonlyMap<string, ItemRowData>;
  people: Facets["people"];
  onClear: () => void;
};

/** Gives all selected items an owner or a date at once. What could not be changed is listed, each with its reason. */
export function BulkBar({ selected, people, onClear }: BulkBarProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [owner, setOwner] = useState(KEEP);
  const [due, setDue] = useState<string | null>(null);
  const bulk = useMutation(
    trpc.items.bulkEdit.mutationOptions({
      onSuccess: onClear,
      onSettled: () => queryClient.invalidateQueries(trpc.items.pathFilter()),
    }),
  );
  const refused = bulk.data?.refused ?? [];
  const set = {
    ...(owner === KEEP ? {} : { ownerId: owner === "" ? null : owner }),
    ...(due === null ? {} : { dueOn: due === "" ? null : due }),
  };
  const nothing = Object.keys(set).length === 0 ? "Choose an owner or a date first." : null;
  const tooMany = selected.size > BULK_MAX ? `At most ${BULK_MAX} items can be changed at once.` : null;

  if (selected.size === 0 && bulk.data === undefined) return null;
  return (
    <div className="grid gap-2 pb-3" aria-live="polite">
      {selected.size > 0 && (
        <div
          role="group"
          aria-label="Selected items"
          className="flex flex-wrap items-center gap-2 rounded-md border border-line-strong bg-raised px-3 py-2"
        >
          <span className="tnum font-medium">{selected.size} selected</span>
          <Select
            aria-label="New owner"
            value={owner}
            onChange={({ target }) => setOwner(target.value)}
            options={[
              { value: KEEP, label: "Owner as it is" },
              { value: "", label: "Nobody" },
              ...people
                .filter(({ isDisabled }) => !isDisabled)
                .map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <Input
            type="date"
            aria-label="New due date"
            className="w-40!"
            value={due ?? ""}
            onChange={({ target }) => setDue(target.value === "" ? null : target.value)}
          />
          <Button variant="ghost" size="sm" onClick={() => setDue("")} aria-pressed={due === ""}>
            No date
          </Button>
          <Button
            variant="primary"
            pending={bulk.isPending}
            disabledReason={tooMany ?? nothing}
            onClick={() =>
              bulk.mutate({
                items: [...selected.values()].map(({ id, revision }) => ({ itemId: id, revision })),
                set,
              })
            }
          >
            Change all
          </Button>
          <Button variant="ghost" onClick={onClear}>
            Clear
          </Button>
        </div>
      )}
      <RefusalNotice error={bulk.error} />
      {bulk.data !== undefined && (
        <Notice
          kind={refused.length > 0 ? "warning" : "ok"}
          title={`${bulk.data.changed.length} changed${refused.length > 0 ? `, ${refused.length} left as they were` : ""}.`}
          action={
            <Button size="sm" variant="ghost" onClick={() => bulk.reset()}>
              Close
            </Button>
          }
        >
          {refused.length > 0 && (
            <ul className="max-h-40 overflow-y-auto">
              {refused.map(({ itemId, code, says }) => (
                <li key={itemId}>
                  <span className="font-mono text-small">{code ?? itemId}</span>: {says}
                </li>
              ))}
            </ul>
          )}
        </Notice>
      )}
    </div>
  );
}
