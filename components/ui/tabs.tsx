"use client";

import NextLink from "next/link";
import { Tabs as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./class-names.ts";

const bar = "flex gap-4 overflow-x-auto border-b border-line";
const tab =
  "focus-inset -mb-px inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-0.5 text-ink-2 transition-colors hover:text-ink";

export type TabSpec = { value: string; label: string; count?: number };

function TabFace({ spec }: { spec: TabSpec }) {
  return (
    <>
      {spec.label}
      {spec.count !== undefined && <span className="tnum text-small text-ink-3">{spec.count}</span>}
    </>
  );
}

type TabsProps = ComponentProps<typeof Radix.Root> & { tabs: readonly TabSpec[]; label: string };

/** Tabs that switch panels in place. Panels are TabPanel children. */
export function Tabs({ tabs, label, children, ...rest }: TabsProps) {
  return (
    <Radix.Root {...rest}>
      <Radix.List aria-label={label} className={bar}>
        {tabs.map((spec) => (
          <Radix.Trigger
            key={spec.value}
            value={spec.value}
            className={cx(
              tab,
              "data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink",
            )}
          >
            <TabFace spec={spec} />
          </Radix.Trigger>
        ))}
      </Radix.List>
      {children}
    </Radix.Root>
  );
}

export function TabPanel({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return <Radix.Content {...rest} className={cx("pt-4", className)} />;
}

/** Tabs that are places: each has its own address. */
export function LinkTabs({
  tabs,
  current,
  label,
  hrefOf,
}: {
  tabs: readonly TabSpec[];
  current: string;
  label: string;
  hrefOf: (value: string) => string;
}): ReactNode {
  return (
    <nav aria-label={label} className={bar}>
      {tabs.map((spec) => {
        const here = spec.value === current;
        return (
          <NextLink
            key={spec.value}
            href={hrefOf(spec.value)}
            aria-current={here ? "page" : undefined}
            className={cx(tab, here && "border-accent! font-medium text-ink")}
          >
            <TabFace spec={spec} />
          </NextLink>
        );
      })}
    </nav>
  );
}
