"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { DialogContent } from "#components/ui/dialog.tsx";
import type { Role } from "#server/domain/person/states.ts";
import type { May } from "#server/services/may.ts";
import type { PersonRow } from "./people-table.tsx";
import { LostPasskeys } from "./lost-passkeys.tsx";
import { RoleChoice } from "./role-choice.tsx";

function reasonOf(may: May): string | null {
  return may.allowed ? null : may.says;
}

function usePersonActs(person: PersonRow) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const done = (says: string) => {
    toast.success(says);
    return queryClient.invalidateQueries(trpc.people.pathFilter());
  };
  return {
    setRoles: useMutation(
      trpc.people.setRoles.mutationOptions({
        onSuccess: () => done(`The roles of ${person.name} count from now on.`),
      }),
    ),
    disable: useMutation(
      trpc.people.disable.mutationOptions({
        onSuccess: ({ endedSessions }) =>
          done(`${person.name} is disabled; ${sessions(endedSessions)} ended.`),
      }),
    ),
    enable: useMutation(
      trpc.people.enable.mutationOptions({ onSuccess: () => done(`${person.name} may sign in again.`) }),
    ),
    endSessions: useMutation(
      trpc.people.endSessions.mutationOptions({
        onSuccess: ({ endedSessions }) => done(`${sessions(endedSessions)} of ${person.name} ended.`),
      }),
    ),
  };
}

function sessions(count: number): string {
  return count === 1 ? "1 session" : `${count} sessions`;
}

type EditPersonDialogProps = { person: PersonRow; close: () => void };

/** One person's roles and access. Every act counts at once: sessions are read from the database on each request. */
export function EditPersonDialog({ person, close }: EditPersonDialogProps) {
  const acts = usePersonActs(person);
  const [roles, setRoles] = useState<ReadonlySet<Role>>(new Set(person.roles));
  const isSame = roles.size === person.roles.length && person.roles.every((role) => roles.has(role));
  const { may } = person;
  return (
    <DialogContent
      title={person.name}
      description={person.email}
      footer={
        <>
          <Button onClick={close}>Close</Button>
          <Button
            variant="primary"
            pending={acts.setRoles.isPending}
            disabledReason={reasonOf(may.setRoles) ?? (isSame ? "The roles are as they were." : null)}
            onClick={() => acts.setRoles.mutate({ personId: person.id, roles: [...roles] })}
          >
            Save roles
          </Button>
        </>
      }
    >
      <div className="grid gap-5 pb-3">
        <RoleChoice chosen={roles} onChange={setRoles} error={null} disabled={!may.setRoles.allowed} />
        {!may.setRoles.allowed && <p className="text-small text-ink-2">{may.setRoles.says}</p>}
        <RefusalNotice error={acts.setRoles.error} />
        <Access person={person} acts={acts} />
        {person.passkeyCount > 0 && <LostPasskeys person={person} />}
      </div>
    </DialogContent>
  );
}

function Access({ person, acts }: { person: PersonRow; acts: ReturnType<typeof usePersonActs> }) {
  const [isSure, setSure] = useState(false);
  const { may, sessionCount } = person;
  const isDisabled = person.disabledAt !== null;
  const personId = person.id;
  return (
    <section aria-label="Access" className="grid gap-2 border-t border-line pt-4">
      <h3 className="font-medium">Access</h3>
      <p className="text-ink-2">
        {isDisabled
          ? "This person cannot sign in, and what they asked for can no longer be approved."
          : `May sign in. ${sessionCount === 0 ? "No session is open." : `${sessions(sessionCount)} open.`}`}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          pending={acts.endSessions.isPending}
          disabledReason={reasonOf(may.endSessions) ?? (sessionCount === 0 ? "No session is open." : null)}
          onClick={() => acts.endSessions.mutate({ personId })}
        >
          End all sessions
        </Button>
        {isDisabled ? (
          <Button
            size="sm"
            pending={acts.enable.isPending}
            disabledReason={reasonOf(may.enable)}
            onClick={() => acts.enable.mutate({ personId })}
          >
            Let them sign in again
          </Button>
        ) : (
          <Button
            size="sm"
            variant={isSure ? "danger" : "secondary"}
            pending={acts.disable.isPending}
            disabledReason={reasonOf(may.disable)}
            onClick={() => (isSure ? acts.disable.mutate({ personId }) : setSure(true))}
          >
            {isSure ? "Disable now and end all sessions" : "Disable"}
          </Button>
        )}
      </div>
      {!may.disable.allowed && <p className="text-small text-ink-2">{may.disable.says}</p>}
      <RefusalNotice error={acts.endSessions.error ?? acts.disable.error ?? acts.enable.error} />
    </section>
  );
}
