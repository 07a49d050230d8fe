import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

export type KeyValueRow = { key: string; value: ReactNode };

/** Facts about one thing: name left, value right; on a narrow screen one above the other. */
export function KeyValueList({
  rows,
  stacked = false,
  className,
}: {
  rows: readonly KeyValueRow[];
  stacked?: boolean;
  className?: string;
}) {
  return (
    <dl className={cx("grid gap-y-2", className)}>
      {rows.map(({ key, value }) => (
        <div key={key} className={cx("grid gap-x-4", !stacked && "sm:grid-cols-[9rem_minmax(0,1fr)]")}>
          <dt className={cx("text-ink-3", stacked && "text-small")}>{key}</dt>
          <dd className="tnum min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
