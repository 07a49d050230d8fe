import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

type EmptyStateProps = {
  glyph?: ReactNode;
  title: string;
  /** What belongs here and how it gets here. */
  children: ReactNode;
  /** The one action that fills it. */
  action?: ReactNode;
  /** The one link to read. */
  more?: ReactNode;
  /** `line` is one quiet line inside a section; `page` fills the place of a list. */
  size?: "line" | "page";
};

export function EmptyState({ glyph, title, children, action, more, size = "page" }: EmptyStateProps) {
  if (size === "line") {
    return (
      <p className="py-3 text-ink-2">
        <span className="font-medium text-ink">{title}</span> {children} {action} {more}
      </p>
    );
  }
  return (
    <div className={cx("mx-auto grid max-w-105 justify-items-center gap-2 px-4 py-16 text-center")}>
      {glyph !== undefined && <span className="mb-1 text-ink-3 [&_svg]:size-7">{glyph}</span>}
      <h2 className="text-lead font-medium">{title}</h2>
      <div className="text-balance text-ink-2">{children}</div>
      {(action !== undefined || more !== undefined) && (
        <div className="mt-3 flex flex-wrap items-center justify-center gap-4">
          {action}
          {more}
        </div>
      )}
    </div>
  );
}
