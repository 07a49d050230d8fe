"use client";

import { Slot } from "radix-ui";
import type { ReactNode } from "react";

/**
 * Gives its one child a plain-text hint, shown by the page's HintLayer on hover and on keyboard focus.
 * The hint adds to the accessible name and never replaces it.
 */
export function Tooltip({ text, children }: { text: string; children: ReactNode }) {
  return <Slot.Root data-hint={text}>{children}</Slot.Root>;
}
