import { cx } from "./class-names.ts";

/** The shape of content that is on its way. It does not move: it is on screen for less than a second. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx("block h-4 rounded-sm bg-hover", className)} />;
}

const widths = ["w-11/12", "w-3/4", "w-5/6", "w-2/3"] as const;

export function SkeletonLines({ lines = 3, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div role="status" className="grid gap-3 py-2">
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, at) => (
        <Skeleton key={at} className={widths[at % widths.length] ?? ""} />
      ))}
    </div>
  );
}
