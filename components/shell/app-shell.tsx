"use client";

import { Cloud, Search } from "lucide-react";
import NextLink from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { type ReactNode, useMemo, useState } from "react";
import { cx } from "#components/ui/class-names.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { CommandPalette, type PaletteItem, type PaletteSearch } from "./command-palette.tsx";
import { findKeysTo } from "./key-map.ts";
import { Keyboard } from "./keyboard.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ProductMark } from "./product-mark.tsx";
import { isHere, type ShellSection, shellSections } from "./sections.ts";
import { ShortcutsOverlay } from "./shortcuts-overlay.tsx";

export type ShellSession = {
  name: string;
  email: string;
  roles: readonly string[];
  cloudName: string;
  /** How many decisions wait for this person. */
  waitingCount: number;
};

type AppShellProps = {
  session: ShellSession;
  /** An address to go to, or what to do. */
  signOut: string | (() => void);
  sections?: readonly ShellSection[];
  /** What the palette offers beside the sections. */
  paletteItems?: readonly PaletteItem[];
  paletteSearch?: PaletteSearch;
  children: ReactNode;
};

function Count({ waiting }: { waiting: number }) {
  return waiting === 0 ? null : (
    <span className="tnum ml-auto rounded-full bg-wait-soft px-1.5 text-micro text-wait">{waiting}</span>
  );
}

type RailProps = { sections: readonly ShellSection[]; waiting: number };

function Rail({ sections, waiting }: RailProps) {
  const path = usePathname();
  const kinds = useSearchParams().get("kind");
  const groups = [...Map.groupBy(sections, (section) => section.under ?? "")];
  return (
    <div className="w-48 shrink-0 border-r border-line max-md:hidden print:hidden">
      <nav
        aria-label="Sections"
        className="sticky top-0 flex max-h-dvh flex-col gap-4 overflow-y-auto px-2 pb-3"
      >
        <NextLink
          href="/inbox"
          className="flex h-12 items-center gap-2.5 rounded-md px-2 text-prose font-medium"
        >
          <ProductMark size={22} />
          Countersign
        </NextLink>
        {groups.map(([group, members]) => (
          <div key={group}>
            {group !== "" && <p className="px-2 pb-1 text-small text-ink-3">{group}</p>}
            <ul className="grid gap-0.5">
              {members.map(({ href, label, Glyph }) => {
                const here = isHere(path, kinds, href);
                return (
                  <li key={href}>
                    <NextLink
                      href={href}
                      aria-current={here ? "page" : undefined}
                      className={cx(
                        "flex h-8 items-center gap-2.5 rounded-md px-2 transition-colors",
                        here ? "bg-line font-medium text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
                      )}
                    >
                      <Glyph
                        aria-hidden="true"
                        className={cx("size-4", here ? "text-accent-ink" : "text-ink-3")}
                      />
                      {label}
                      {href === "/inbox" && <Count waiting={waiting} />}
                    </NextLink>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
    </div>
  );
}

function BottomBar({ sections, waiting }: RailProps) {
  const path = usePathname();
  const kinds = useSearchParams().get("kind");
  return (
    <nav
      aria-label="Sections"
      className="fixed inset-x-0 bottom-0 z-40 border-t border-line bg-canvas pb-[env(safe-area-inset-bottom)] md:hidden print:hidden"
    >
      <ul className="flex overflow-x-auto">
        {sections.map(({ href, label, Glyph, narrow }) => {
          if (narrow === null) return null;
          const here = isHere(path, kinds, href);
          return (
            <li key={href} className="min-w-18 flex-1">
              <NextLink
                href={href}
                aria-current={here ? "page" : undefined}
                className={cx(
                  "focus-inset relative flex h-14 flex-col items-center justify-center gap-0.5 text-micro",
                  here ? "font-medium text-accent-ink" : "text-ink-2",
                )}
              >
                <Glyph aria-hidden="true" className="size-5" />
                <span className="truncate">{narrow ?? label}</span>
                {href === "/inbox" && waiting > 0 && (
                  <span className="tnum absolute top-1 left-1/2 ml-2 rounded-full bg-wait-soft px-1.5 text-wait">
                    {waiting}
                  </span>
                )}
              </NextLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function WaitingLink({ count }: { count: number }) {
  return (
    <NextLink
      href="/inbox"
      className={cx(
        "flex h-8 items-center rounded-md px-2 hover:bg-hover",
        count === 0 && "text-ink-2 max-sm:hidden",
      )}
    >
      {count === 0 ? (
        "Nothing waits for you"
      ) : (
        <>
          <StateMark state="waiting" label={`${count} waiting`} className="tnum" />
          <span className="sr-only">for your decision</span>
        </>
      )}
    </NextLink>
  );
}

function TopBar({
  session,
  onPalette,
  menu,
}: {
  session: ShellSession;
  onPalette: () => void;
  menu: ReactNode;
}) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-canvas px-3 md:px-6 print:hidden">
      <span className="md:hidden">
        <ProductMark size={22} />
      </span>
      <p className="flex min-w-0 items-center gap-1.5" data-hint="The cloud that everything here acts on">
        <Cloud aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
        <span className="text-ink-3 max-md:sr-only">Cloud</span>
        <span className="truncate font-medium">{session.cloudName}</span>
      </p>
      <button
        type="button"
        onClick={onPalette}
        className="mx-auto flex h-8 items-center gap-2 rounded-md px-2 text-ink-2 hover:text-ink max-md:mr-0 max-md:ml-auto max-md:hover:bg-hover md:w-full md:max-w-95 md:border md:border-line-strong md:bg-surface"
      >
        <Search aria-hidden="true" className="size-4 text-ink-3" />
        <span className="max-md:sr-only">Find or do</span>
        <span className="ml-auto max-md:hidden">
          <Kbd keys="Ctrl K" />
        </span>
      </button>
      <WaitingLink count={session.waitingCount} />
      {menu}
    </header>
  );
}

/** The frame around every signed-in page: rail, top bar, palette, keys. */
export function AppShell(props: AppShellProps) {
  const { session, signOut, sections = shellSections, paletteItems = [], paletteSearch, children } = props;
  const [palette, setPalette] = useState(false);
  const [overlay, setOverlay] = useState(false);
  const items = useMemo<PaletteItem[]>(
    () => [
      ...sections.map(({ href, label, Glyph, under }) => {
        const keys = findKeysTo(href);
        return {
          id: href,
          href,
          label: under === undefined ? label : `${under}: ${label}`,
          group: "Go to",
          glyph: <Glyph aria-hidden="true" />,
          ...(keys === null ? {} : { keys }),
        };
      }),
      ...paletteItems,
    ],
    [sections, paletteItems],
  );

  return (
    <div className="flex min-h-dvh [--shell-top:3rem] print:block print:min-h-0">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md border border-line-strong bg-raised px-3 py-1.5 focus:translate-y-0 print:hidden"
      >
        Skip to content
      </a>
      <Rail sections={sections} waiting={session.waitingCount} />
      <div className="flex min-w-0 flex-1 flex-col print:block">
        <TopBar
          session={session}
          onPalette={() => setPalette(true)}
          menu={
            <PersonMenu
              name={session.name}
              email={session.email}
              roles={session.roles}
              onShortcuts={() => setOverlay(true)}
              signOut={signOut}
            />
          }
        />
        <main
          id="main"
          tabIndex={-1}
          className="flex-1 bg-surface px-4 pt-5 pb-24 outline-none md:px-6 md:pb-10 print:p-0"
        >
          <div className="mx-auto max-w-400">{children}</div>
        </main>
      </div>
      <BottomBar sections={sections} waiting={session.waitingCount} />
      <Keyboard onPalette={() => setPalette((open) => !open)} onOverlay={() => setOverlay(true)} />
      <CommandPalette open={palette} onOpenChange={setPalette} items={items} search={paletteSearch} />
      <ShortcutsOverlay open={overlay} onOpenChange={setOverlay} />
    </div>
  );
}
