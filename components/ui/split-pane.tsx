import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

type Pane = { label: string; content: ReactNode };

type SplitPaneProps = {
  left?: Pane;
  right?: Pane;
  /** How wide the right pane is where there is room for it. */
  rightWidth?: "md" | "lg";
  children: ReactNode;
};

/**
 * A working area with a rail on the left and reference on the right. Under 1024 px the right pane moves below,
 * under 700 px all three stand under one another, the left one first.
 */
export function SplitPane({ left, right, rightWidth = "md", children }: SplitPaneProps) {
  const wide = rightWidth === "lg";
  const columns =
    left !== undefined && right !== undefined
      ? wide
        ? "md:grid-cols-[12rem_minmax(0,1fr)] xl:grid-cols-[12rem_minmax(0,1fr)_24rem]"
        : "md:grid-cols-[12rem_minmax(0,1fr)] xl:grid-cols-[12rem_minmax(0,1fr)_15rem]"
      : left !== undefined
        ? "md:grid-cols-[12rem_minmax(0,1fr)]"
        : wide
          ? "lg:grid-cols-[minmax(0,1fr)_24rem]"
          : "lg:grid-cols-[minmax(0,1fr)_17rem]";
  return (
    <div className={cx("grid items-start gap-x-6 gap-y-6", columns)}>
      {left !== undefined && (
        <aside
          aria-label={left.label}
          className="min-w-0 md:sticky md:top-[calc(var(--shell-top,0px)+1.25rem)]"
        >
          {left.content}
        </aside>
      )}
      <div className="min-w-0">{children}</div>
      {right !== undefined && (
        <aside
          aria-label={right.label}
          className={cx(
            "min-w-0 border-line",
            left === undefined
              ? "max-lg:border-t max-lg:pt-5 lg:border-l lg:pl-5"
              : "max-xl:border-t max-xl:pt-5 md:max-xl:col-start-2 xl:border-l xl:pl-5",
          )}
        >
          {right.content}
        </aside>
      )}
    </div>
  );
}
