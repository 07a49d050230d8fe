"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "#components/ui/table.tsx";
import type { AccountFacts } from "./account-facts.ts";
import { browserWords } from "./browser-words.ts";
import { useAccountDone } from "./use-account-act.ts";

/** Where one is signed in. */
export function SessionsSection({ sessions }: Pick<AccountFacts, "sessions">) {
  const trpc = useTRPC();
  const done = useAccountDone();
  const { mutate, isPending, error, variables } = useMutation(
    trpc.account.endSessions.mutationOptions({
      onSuccess: ({ endedSessions }) =>
        done(endedSessions === 1 ? "The session is ended." : `${endedSessions} sessions are ended.`),
    }),
  );
  const hasOthers = sessions.some(({ isThis }) => !isThis);
  return (
    <Section
      title="Sessions"
      beside={sessions.length}
      description="A session ends after two hours without use and after twelve hours in any case. One you do not know is ended here, and then change the password."
      actions={
        <Button
          pending={isPending && variables?.sessionId === null}
          disabledReason={hasOthers ? null : "You have no other session."}
          onClick={() => mutate({ sessionId: null })}
        >
          End all others
        </Button>
      }
    >
      <RefusalNotice error={error} />
      <Table label="Sessions">
        <TableHead>
          <TableHeaderCell>Browser</TableHeaderCell>
          <TableHeaderCell hideBelow="md" fit>
            Signed in
          </TableHeaderCell>
          <TableHeaderCell hideBelow="md" fit>
            Last used
          </TableHeaderCell>
          <TableHeaderCell fit>
            <span className="sr-only">Actions</span>
          </TableHeaderCell>
        </TableHead>
        <TableBody>
          {sessions.map(({ id, userAgent, createdAt, lastActiveAt, isThis }) => (
            <TableRow key={id}>
              <TableCell>
                <span className="flex flex-wrap items-center gap-2 wrap-anywhere">
                  {browserWords(userAgent)}
                  {isThis && <Badge>This one</Badge>}
                </span>
              </TableCell>
              <TableCell hideBelow="md" fit className="text-ink-2">
                <RelativeTime at={createdAt} />
              </TableCell>
              <TableCell hideBelow="md" fit className="text-ink-2">
                <RelativeTime at={lastActiveAt} />
              </TableCell>
              <TableCell fit align="right">
                {!isThis && (
                  <Button
                    size="sm"
                    pending={isPending && variables?.sessionId === id}
                    aria-label={`End the session of ${browserWords(userAgent)}`}
                    onClick={() => mutate({ sessionId: id })}
                  >
                    End
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
