import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Inbox } from "./inbox-groups.tsx";
import { InboxRow, InboxRows } from "./inbox-row.tsx";

/** Open items of the registers on which this person may rule or has to attest; what holds most back first. */
export function SettleGroup({ rows }: { rows: Inbox["settle"] }) {
  if (rows.length === 0) return null;
  return (
    <Section
      title="Rule or attest"
      beside={rows.length}
      description="Open items of the registers that wait for you; those that hold something back come first."
    >
      <InboxRows label="Rule or attest">
        {rows.map((row) => (
          <InboxRow
            key={row.id}
            href={`/registers/items/${row.id}`}
            title={row.title}
            mark={
              <Badge tone={row.isGating ? "bad" : "wait"} mono>
                {row.code}
              </Badge>
            }
            meta={
              row.isGating
                ? "Holds something back in the cloud."
                : row.waiting > 0
                  ? `${row.waiting} ${row.waiting === 1 ? "item waits" : "items wait"} for it.`
                  : "Nothing waits for it yet."
            }
            time={<RelativeTime at={row.at} focusable={false} />}
            action={row.kind === "V" ? "Attest" : "Rule"}
          />
        ))}
      </InboxRows>
    </Section>
  );
}

const WHY = { returned: "came back", finding: "finding", overdue: "overdue" } as const;

/** What came back by its trigger, its age or its end, what is overdue, and what the ledger leaves open. */
export function ReturnedGroup({ rows }: { rows: Inbox["returned"] }) {
  if (rows.length === 0) return null;
  return (
    <Section
      title="Watch the registers"
      beside={rows.length}
      description="What came back by itself, what is overdue, and rows of the ledger without an owner or a date."
    >
      <InboxRows label="Watch the registers">
        {rows.map((row) => (
          <InboxRow
            key={`${row.why} ${row.id}`}
            href={`/registers/items/${row.id}`}
            title={row.title}
            mark={<Badge tone={row.why === "overdue" ? "bad" : "wait"}>{WHY[row.why]}</Badge>}
            meta={
              <>
                <span className="font-mono text-small">{row.code}</span> {row.because}
              </>
            }
            time={<RelativeTime at={row.at} focusable={false} />}
            action="Open"
          />
        ))}
      </InboxRows>
    </Section>
  );
}
