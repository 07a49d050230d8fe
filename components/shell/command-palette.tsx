"use client";

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Arc } from "#components/ui/arc.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

export type PaletteItem = {
  id: string;
  label: string;
  group: string;
  /** What it is or where, at the right end. */
  hint?: string;
  glyph?: ReactNode;
  keys?: string;
  keywords?: string[];
} & ({ href: string } | { onSelect: () => void });

export type PaletteSearch = (query: string, signal: AbortSignal) => Promise<readonly PaletteItem[]>;

type CommandPaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  items: readonly PaletteItem[];
  search?: PaletteSearch | undefined;
};

type Found =
  | { state: "idle" }
  | { state: "searching"; items: readonly PaletteItem[] }
  | { state: "found"; items: readonly PaletteItem[] }
  | { state: "failed" };

const PAUSE_MS = 120;

function useFound(query: string, search: PaletteSearch | undefined): Found {
  const [found, setFound] = useState<Found>({ state: "idle" });

  // Synchronises with the search on the server; an answer that was overtaken is dropped.
  useEffect(() => {
    const wanted = query.trim();
    const stop = new AbortController();
    const timer = window.setTimeout(
      () => {
        if (search === undefined || wanted === "") return setFound({ state: "idle" });
        setFound((last) => ({ state: "searching", items: "items" in last ? last.items : [] }));
        search(wanted, stop.signal).then(
          (items) => {
            if (!stop.signal.aborted) setFound({ state: "found", items });
          },
          () => {
            if (!stop.signal.aborted) setFound({ state: "failed" });
          },
        );
      },
      wanted === "" ? 0 : PAUSE_MS,
    );
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [query, search]);
  return found;
}

const rowLook =
  "flex h-9 cursor-default items-center gap-2.5 rounded-sm px-2.5 select-none data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3";
const groupLook =
  "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-small [&_[cmdk-group-heading]]:text-ink-3";

/** Unlike the label, it is an item's own. */
function valueOf(item: PaletteItem): string {
  return `${item.label} ${item.id}`;
}

function Rows({
  items,
  found,
  choose,
}: {
  items: readonly PaletteItem[];
  found: boolean;
  choose: (item: PaletteItem) => void;
}) {
  return [...Map.groupBy(items, (item) => item.group)].map(([group, rows]) => (
    <Command.Group key={group} heading={group} forceMount={found} className={groupLook}>
      {rows.map((item) => (
        <Command.Item
          key={item.id}
          value={valueOf(item)}
          keywords={item.keywords ?? []}
          forceMount={found}
          onSelect={() => choose(item)}
          className={rowLook}
        >
          {item.glyph}
          <span className="min-w-0 flex-1 truncate">{item.label}</span>
          {item.hint !== undefined && <span className="truncate text-small text-ink-3">{item.hint}</span>}
          {item.keys !== undefined && <Kbd keys={item.keys} />}
        </Command.Item>
      ))}
    </Command.Group>
  ));
}

function PaletteBody({
  items,
  search,
  close,
}: Pick<CommandPaletteProps, "items" | "search"> & { close: () => void }) {
  const router = useRouter();
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const found = useFound(query, search);

  // Synchronises the selection with rows that came from the server, after cmdk had looked for the first one.
  useEffect(() => {
    const [first] = found.state === "found" ? found.items : [];
    if (first === undefined || list.current?.querySelector("[data-selected='true']") !== null) return;
    setSelected(valueOf(first));
  }, [found]);

  function choose(item: PaletteItem) {
    close();
    if ("href" in item) router.push(item.href);
    else item.onSelect();
  }

  return (
    <Command
      label="Find anything or do something"
      loop
      value={selected}
      onValueChange={setSelected}
      className="flex min-h-0 flex-col"
    >
      <div className="flex items-center gap-2.5 border-b border-line px-4 text-ink-3">
        {found.state === "searching" ? <Arc className="size-4" /> : <Search className="size-4" />}
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder="Find anything or do something"
          className="h-12 min-w-0 flex-1 bg-transparent text-prose text-ink outline-none placeholder:text-ink-3"
        />
        <Kbd keys="Esc" />
      </div>
      <Command.List ref={list} className="max-h-[min(24rem,60vh)] overflow-y-auto overscroll-contain p-1.5">
        {found.state !== "searching" && (
          <Command.Empty className="px-3 py-8 text-center text-ink-2">
            {found.state === "failed"
              ? "The search did not answer. What the rail offers is still listed; try again in a moment."
              : `Nothing is called "${query}".`}
          </Command.Empty>
        )}
        <Rows items={items} found={false} choose={choose} />
        {"items" in found && <Rows items={found.items} found choose={choose} />}
      </Command.List>
    </Command>
  );
}

export function CommandPalette({ open, onOpenChange, items, search }: CommandPaletteProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-appear bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[14vh] z-50 mx-auto flex max-w-150 animate-appear flex-col overflow-hidden rounded-md border border-line-strong bg-raised shadow-overlay focus:outline-none"
        >
          <Radix.Title className="sr-only">Find anything or do something</Radix.Title>
          <PaletteBody items={items} search={search} close={() => onOpenChange(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
