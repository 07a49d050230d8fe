"use client";

import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { Facets } from "./board-data.ts";
import type { NewKind } from "./new-item-form.ts";

/** Read when somebody enters something, not with the board. */
const NewItemDialog = lazy(async () => ({ default: (await import("./new-item-dialog.tsx")).NewItemDialog }));

/** Enters an item, a decision, a row of the ledger or an entry of the changelog; opens it when it is there. */
export function NewItemButton({
  facets,
  kind,
  onMade,
}: {
  facets: Facets;
  kind: NewKind;
  onMade: (itemId: string) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="primary"
        icon={<Plus />}
        disabledReason={facets.may.create.allowed ? null : facets.may.create.says}
        onClick={() => setOpen(true)}
      >
        New item
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <NewItemDialog
            facets={facets}
            begunAs={kind}
            close={() => setOpen(false)}
            onMade={(itemId) => {
              setOpen(false);
              onMade(itemId);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
