"use client";

import { HoverCard as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { findPortalHome } from "./portal-home.ts";

/** More about the thing a link points to, without leaving the page. The child must be the link itself. */
export function HoverCard({ card, children }: { card: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root openDelay={300} closeDelay={120}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal container={findPortalHome()}>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          align="start"
          className="z-60 w-80 max-w-[calc(100vw-16px)] animate-appear rounded-md border border-line-strong bg-raised p-3 shadow-overlay"
        >
          {card}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
