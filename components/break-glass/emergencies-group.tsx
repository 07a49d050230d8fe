import type { Inbox } from "#components/inbox/inbox-groups.tsx";
import { InboxRow, InboxRows } from "#components/inbox/inbox-row.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Section } from "#components/ui/section.tsx";

/** Changes that went without their approval, until two people have looked at each. */
export function EmergenciesGroup({ rows }: { rows: Inbox["emergencies"] }) {
  if (rows.length === 0) return null;
  return (
    <Section
      title="Break-glass"
      beside={rows.length}
      description="Changes that went without their approval. Two others look at each."
    >
      <InboxRows label="Break-glass">
        {rows.map((row) => (
          <InboxRow
            key={row.jobId}
            primary={row.may.allowed}
            href={`/jobs/${row.jobId}`}
            title={`Job ${row.number}: ${row.stageTitle}`}
            mark={<Badge tone="bad">{row.isOverdue ? "overdue" : "break-glass"}</Badge>}
            meta={
              <>
                By {row.name}. {row.reviews} of {row.needed} have looked at it.
                <span className="line-clamp-2 text-small text-ink-3">{row.reason}</span>
              </>
            }
            time={
              <>
                waits <Duration since={row.at} />
              </>
            }
            action={row.may.allowed ? "Look at it" : "Open"}
          />
        ))}
      </InboxRows>
    </Section>
  );
}
