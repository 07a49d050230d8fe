import { ScrollText } from "lucide-react";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

/** The audit pages for somebody who may not see them: what they are for, and who can. */
export function AuditAway({ title, says }: { title: string; says: string }) {
  return (
    <>
      <PageHeader title={title} />
      <EmptyState
        glyph={<ScrollText />}
        title="This page is not open to you"
        action={<ButtonLink href="/inbox">Go to the inbox</ButtonLink>}
      >
        <p>{says}</p>
        <p className="mt-2">
          Here stands who did what, and when, in a log that nobody can change without it being seen. What was
          asked and decided about a job stands on the job itself.
        </p>
      </EmptyState>
    </>
  );
}
