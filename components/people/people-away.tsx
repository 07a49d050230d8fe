import { UsersRound } from "lucide-react";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

/** The people page for somebody who may not see it: what it is for, and who can. */
export function PeopleAway({ says }: { says: string }) {
  return (
    <>
      <PageHeader title="People" />
      <EmptyState
        glyph={<UsersRound />}
        title="This page is not open to you"
        action={<ButtonLink href="/inbox">Go to the inbox</ButtonLink>}
      >
        <p>{says}</p>
        <p className="mt-2">
          Here people are added, given roles, and shut out at once. Your own roles stand in the menu with your
          name, at the top right.
        </p>
      </EmptyState>
    </>
  );
}
