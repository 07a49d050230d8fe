import { cx } from "#components/ui/class-names.ts";
import type { ListedCheck } from "./check-data.ts";

/** What is left of the time that a result counts for, as a bar and in words. */
export function FreshnessBar({ standing }: { standing: ListedCheck["standing"] }) {
  const { left, lastRunAt, isFresh, staleBecause } = standing;
  if (lastRunAt === null && staleBecause === null) return <span className="text-ink-3">no run yet</span>;
  const share = Math.round(left * 100);
  const words = isFresh ? `${share} % of its time left` : (staleBecause ?? "counts no more");
  return (
    <span className="grid min-w-24 gap-1" data-hint={words}>
      <span aria-hidden="true" className="block h-1.5 overflow-hidden rounded-full bg-line-strong">
        <span
          className={cx(
            "block h-full",
            left > 0.25 ? "bg-ok-mark" : left > 0 ? "bg-wait-mark" : "bg-bad-mark",
          )}
          style={{ width: `${share}%` }}
        />
      </span>
      <span className="text-small text-ink-2">{isFresh ? `fresh, ${share} % left` : "stale"}</span>
    </span>
  );
}
