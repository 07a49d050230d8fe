import { Ban } from "lucide-react";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import { ROLE_WORDS, type Role } from "#server/domain/person/states.ts";
import type { May } from "#server/services/may.ts";

export type PersonRow = {
  id: string;
  name: string;
  email: string;
  roles: readonly Role[];
  signIn: "password" | "oidc";
  passkeyCount: number;
  sessionCount: number;
  lastActiveAt: Date | null;
  disabledAt: Date | null;
  may: { setRoles: May; disable: May; enable: May; endSessions: May; forgetPasskeys: May };
};

const SIGN_IN = { password: "Password", oidc: "Single sign-on" } as const;

function Standing({ person }: { person: PersonRow }) {
  return person.disabledAt === null ? (
    <span className="text-ink-2">May sign in</span>
  ) : (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Badge tone="bad" glyph={<Ban aria-hidden="true" />}>
        Disabled
      </Badge>
      <RelativeTime at={person.disabledAt} className="text-small text-ink-2" />
    </span>
  );
}

function Roles({ roles }: { roles: readonly Role[] }) {
  return roles.length === 0 ? (
    <span className="text-ink-3">No role: may sign in and see nothing</span>
  ) : (
    <span className="flex flex-wrap gap-1">
      {roles.map((role) => (
        <Badge key={role}>{ROLE_WORDS[role]}</Badge>
      ))}
    </span>
  );
}

type PeopleTableProps = { people: readonly PersonRow[]; onEdit: (personId: string) => void };

export function PeopleTable({ people, onEdit }: PeopleTableProps) {
  return (
    <Table label="People">
      <TableHead>
        <TableHeaderCell>Person</TableHeaderCell>
        <TableHeaderCell hideBelow="md">Roles</TableHeaderCell>
        <TableHeaderCell hideBelow="lg" fit>
          Sign-in
        </TableHeaderCell>
        <TableHeaderCell hideBelow="md" fit>
          Access
        </TableHeaderCell>
        <TableHeaderCell hideBelow="lg" fit align="right">
          Sessions
        </TableHeaderCell>
        <TableHeaderCell hideBelow="lg" fit>
          Last active
        </TableHeaderCell>
        <TableHeaderCell fit>
          <span className="sr-only">Actions</span>
        </TableHeaderCell>
      </TableHead>
      <TableBody>
        {people.map((person) => (
          <TableRow key={person.id}>
            <TableCell>
              <span className="flex items-start gap-2.5 py-0.5">
                <Avatar name={person.name} />
                <span className="grid min-w-0">
                  <span className="font-medium">{person.name}</span>
                  <span className="text-small wrap-anywhere text-ink-2">{person.email}</span>
                  <span className="mt-1 grid gap-1 md:hidden">
                    <Roles roles={person.roles} />
                    <Standing person={person} />
                  </span>
                </span>
              </span>
            </TableCell>
            <TableCell hideBelow="md">
              <Roles roles={person.roles} />
            </TableCell>
            <TableCell hideBelow="lg" fit className="text-ink-2">
              {SIGN_IN[person.signIn]}
            </TableCell>
            <TableCell hideBelow="md" fit>
              <Standing person={person} />
            </TableCell>
            <TableCell hideBelow="lg" fit align="right">
              {person.sessionCount}
            </TableCell>
            <TableCell hideBelow="lg" fit className="text-ink-2">
              {person.lastActiveAt === null ? "not signed in" : <RelativeTime at={person.lastActiveAt} />}
            </TableCell>
            <TableCell fit align="right">
              <Button size="sm" onClick={() => onEdit(person.id)} aria-label={`Manage ${person.name}`}>
                Manage
              </Button>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
