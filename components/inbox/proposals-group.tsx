import { Person } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Inbox } from "./inbox-groups.tsx";
import { InboxRow, InboxRows } from "./inbox-row.tsx";

/** Changes of the console itself: those I may decide first, the others with the reason why not. */
export function ProposalsGroup({ rows }: { rows: Inbox["proposals"] }) {
  if (rows.length === 0) return null;
  const sorted = [...rows].sort((a, b) => Number(b.may.allowed) - Number(a.may.allowed));
  return (
    <Section
      title="Changes of the console"
      beside={rows.length}
      description="Rules, keys and switches. Each takes a second person."
    >
      <InboxRows label="Changes of the console">
        {sorted.map((row) => (
          <InboxRow
            key={row.id}
            primary={row.may.allowed}
            href={`/settings/proposals/${row.id}`}
            title={row.title}
            mark={<Badge tone="wait">proposal</Badge>}
            meta={
              <>
                {row.says} Asked by <Person name={row.requestedBy} />
                <span className="line-clamp-2 text-small text-ink-3">
                  {row.may.allowed ? row.reason : row.may.says}
                </span>
              </>
            }
            time={
              <>
                waits <Duration since={row.at} />
              </>
            }
            action={row.may.allowed ? "Review" : "Open"}
          />
        ))}
      </InboxRows>
    </Section>
  );
}
