"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { AddPersonDialog } from "./add-person-dialog.tsx";
import { EditPersonDialog } from "./edit-person-dialog.tsx";
import { PeopleTable } from "./people-table.tsx";

/** Who may sign in and what each may do. */
export function PeopleSettings() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.people.list.queryOptions({}));
  const [adding, setAdding] = useState(false);
  const [editingId, setEditingId] = useState<string | null>(null);
  const edited = data.people.find(({ id }) => id === editingId);
  const { add } = data.may;
  return (
    <>
      <PageHeader
        title="People"
        meta="Roles say what somebody may ask, decide or see. Nobody decides what they asked for themselves, whatever their roles."
        actions={
          <Button
            variant="primary"
            icon={<UserPlus />}
            disabledReason={add.allowed ? null : add.says}
            onClick={() => setAdding(true)}
          >
            Add a person
          </Button>
        }
      />
      <PeopleTable people={data.people} onEdit={setEditingId} />
      {adding && <AddPersonDialog close={() => setAdding(false)} />}
      <Dialog open={edited !== undefined} onOpenChange={(open) => !open && setEditingId(null)}>
        {edited !== undefined && <EditPersonDialog person={edited} close={() => setEditingId(null)} />}
      </Dialog>
    </>
  );
}
