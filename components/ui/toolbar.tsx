"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

/** The row of filters and actions over a list. */
export function Toolbar({ label, end, children }: { label: string; end?: ReactNode; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className="flex flex-wrap items-center gap-2 pb-3">
      {children}
      {end !== undefined && <div className="ml-auto flex items-center gap-2">{end}</div>}
    </div>
  );
}

type FilterChipProps = {
  label: ReactNode;
  count?: number;
  pressed: boolean;
  onPressedChange: (pressed: boolean) => void;
  /** A cross that says it can be taken away; for filters that were added, not offered. */
  removable?: boolean;
};

export function FilterChip({ label, count, pressed, onPressedChange, removable = false }: FilterChipProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={() => onPressedChange(!pressed)}
      className={cx(
        "inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 text-small whitespace-nowrap transition-colors",
        pressed
          ? "border-accent-ink/50 bg-accent-soft font-medium text-accent-ink"
          : "border-line-strong bg-surface text-ink-2 hover:bg-hover hover:text-ink",
      )}
    >
      {label}
      {count !== undefined && <span className="tnum font-normal text-ink-2">{count}</span>}
      {removable && <X aria-hidden="true" className="size-3" />}
    </button>
  );
}
