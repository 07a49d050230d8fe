"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { Gauge, Printer } from "lucide-react";
import NextLink from "next/link";
import { AGE_WORDS, FRESH_WORDS } from "#components/registers/board/filter-words.ts";
import type { OverviewData } from "#components/registers/board/board-data.ts";
import { boardHref } from "#components/registers/board/list-params.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatUtc } from "#components/ui/time-format.ts";
import { Bars } from "./bars.tsx";
import { WeeksChart } from "./weeks-chart.tsx";

function Figure({
  label,
  count,
  href,
  isBad,
}: {
  label: string;
  count: number;
  href: string;
  isBad: boolean;
}) {
  return (
    <NextLink href={href} className="grid gap-0.5 rounded-md border border-line px-3 py-2 hover:bg-hover">
      <span className={`tnum text-title ${isBad && count > 0 ? "text-bad" : ""}`}>{count}</span>
      <span className="text-small text-ink-2">{label}</span>
    </NextLink>
  );
}

function Rulings({ rulings }: { rulings: OverviewData["rulings"] }) {
  if (rulings.length === 0) {
    return (
      <EmptyState size="line" title="No ruling holds anything up.">
        Links between items are confirmed on each item.
      </EmptyState>
    );
  }
  return (
    <ul className="grid grid-cols-1 gap-2">
      {rulings.map(({ id, code, title, createdAt, waiting }) => (
        <li key={id} className="flex items-baseline gap-3">
          <Link tone="mono" href={`/registers/items/${id}`}>
            {code}
          </Link>
          <span className="min-w-0 flex-1 truncate print:whitespace-normal">{title}</span>
          <span className="text-small text-ink-3">
            <RelativeTime at={createdAt} />
          </span>
          <Link tone="quiet" href={boardHref({ waits: code })} className="tnum whitespace-nowrap">
            {waiting} waiting
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** The registers at a glance. Every number leads to the rows that it counts. */
export function OverviewPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.items.overview.queryOptions({}));
  const { weeks, ages, checks, rulings, stages } = data;
  if (weeks.kinds.length === 0 && data.open === 0) {
    return (
      <>
        <PageHeader title="Registers" />
        <EmptyState
          glyph={<Gauge />}
          title="The registers are empty"
          action={<ButtonLink href="/registers/items?show=all">Open the board</ButtonLink>}
        >
          Open items, rulings, checks, decisions and ledger rows come from the documents that you import. Then
          this page says what is open, how old it is, and what holds up what.
        </EmptyState>
      </>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-8 print:block print:space-y-5">
      <div>
        <PageHeader
          title="Registers"
          meta={<span className="tnum">As of {formatUtc(data.at.getTime())}</span>}
          actions={
            <Button icon={<Printer />} onClick={() => window.print()} className="print:hidden">
              Print
            </Button>
          }
        />
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6 print:grid-cols-6 print:gap-2">
          <Figure label="Open" count={data.open} href={boardHref({})} isBad={false} />
          <Figure
            label="Overdue"
            count={data.overdue}
            href={boardHref({ due: "overdue", sort: "due" })}
            isBad
          />
          <Figure
            label="Due in 7 days"
            count={data.soon}
            href={boardHref({ due: "soon", sort: "due" })}
            isBad={false}
          />
          <Figure label="Without an owner" count={data.unowned} href={boardHref({ owner: "nobody" })} isBad />
          <Figure
            label="Without a date"
            count={data.undated}
            href={boardHref({ due: "none" })}
            isBad={false}
          />
          <Figure
            label="Blocked"
            count={data.blocked}
            href={boardHref({ linked: "blocked" })}
            isBad={false}
          />
        </div>
      </div>
      <Section title="Open by kind" description="At the end of the day named, over twelve weeks.">
        <WeeksChart {...weeks} />
      </Section>
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-2 print:grid-cols-2 print:gap-5">
        <Section title="Age of what is open">
          <Bars
            caption="Open items by age"
            bars={ages.map(({ key, count }) => ({
              key,
              label: AGE_WORDS[key],
              count,
              href: boardHref({ age: key, sort: "age", down: true }),
            }))}
          />
        </Section>
        <Section title="Checks by freshness">
          <Bars
            caption="Checks by what their newest result still says"
            bars={checks.map(({ key, count }) => ({
              key,
              label: FRESH_WORDS[key],
              count,
              href: boardHref({ fresh: key }),
            }))}
          />
        </Section>
        <Section title="Rulings by what they block">
          <Rulings rulings={rulings} />
        </Section>
        <Section title="Tenants by stage">
          {stages.length === 0 ? (
            <EmptyState size="line" title="No cloud is known yet.">
              Tenants are counted once there is one.
            </EmptyState>
          ) : (
            <Bars
              caption="Tenants by the stage that they stand at"
              bars={stages.map(({ key, title, count }) => ({
                key,
                label: key === "done" ? title : `${key}. ${title}`,
                count,
                href: `/tenants?stage=${encodeURIComponent(key)}`,
              }))}
            />
          )}
        </Section>
      </div>
    </div>
  );
}
