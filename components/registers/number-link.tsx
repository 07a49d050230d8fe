"use client";

import { useQuery } from "@tanstack/react-query";
import { HoverCard } from "radix-ui";
import { useTRPC } from "#components/trpc/api.ts";
import { Link } from "#components/ui/link.tsx";
import { ItemState } from "./item-state.tsx";
import { numberHref } from "./number-words.ts";

/** A number wherever it stands: leads to what it names, and says it on hover and focus. */
export function NumberLink({ code, className }: { code: string; className?: string }) {
  return (
    <HoverCard.Root openDelay={250} closeDelay={100}>
      <HoverCard.Trigger asChild>
        <Link
          tone="mono"
          href={numberHref(code)}
          prefetch={false}
          className={`whitespace-nowrap ${className ?? ""}`}
        >
          {code}
        </Link>
      </HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-60 grid w-80 max-w-[calc(100vw-2rem)] animate-appear gap-2 rounded-md border border-line-strong bg-raised p-3 text-base text-ink shadow-overlay"
        >
          <NumberCard code={code} />
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}

function NumberCard({ code }: { code: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.items.resolve.queryOptions({ codes: [code] }));
  if (data === undefined) return <span className="text-ink-3">Looking up {code}</span>;
  if (data.items.length === 0) return <span className="text-ink-2">No register has {code}.</span>;
  return data.items.slice(0, 3).map(({ id, title, state, path }) => (
    <span key={id} className="grid gap-1">
      <span className="font-medium">{title}</span>
      <span className="flex flex-wrap items-center gap-x-3 text-small text-ink-2">
        <ItemState state={state} />
        <span className="truncate">{path}</span>
      </span>
    </span>
  ));
}
