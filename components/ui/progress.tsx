import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

type ProgressProps = {
  done: number;
  total: number;
  /** What is counted, e.g. "Step"; gives "Step 3 of 12". */
  unit?: string;
  /** What is being done now or what it waits for. */
  now?: ReactNode;
  /** Shown at the right end: an elapsed time, for example. */
  after?: ReactNode;
  tone?: "run" | "ok" | "bad" | "wait";
};

const bars = { run: "bg-run-mark", ok: "bg-ok-mark", bad: "bg-bad-mark", wait: "bg-wait-mark" } as const;
// Beyond this many steps single segments are too thin to count, so one bar is drawn.
const MAX_SEGMENTS = 24;

/** Real progress: n of m, never a percentage that nobody measured. */
export function Progress({ done, total, unit = "Step", now, after, tone = "run" }: ProgressProps) {
  const words = `${unit} ${done} of ${total}`;
  return (
    <div className="grid gap-1.5">
      <div className="tnum flex items-baseline justify-between gap-3 text-small text-ink-2">
        <span className="min-w-0">
          <span className="font-medium text-ink">{words}</span>
          {now !== undefined && <span className="ml-2">{now}</span>}
        </span>
        {after}
      </div>
      <div
        role="progressbar"
        aria-label={words}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        className="flex h-1 gap-0.5 overflow-hidden rounded-full"
      >
        {total <= MAX_SEGMENTS ? (
          Array.from({ length: total }, (_, at) => (
            <span
              key={at}
              className={cx("flex-1 transition-colors", at < done ? bars[tone] : "bg-line-strong")}
            />
          ))
        ) : (
          <span className="flex-1 bg-line-strong">
            <span className={cx("block h-1", bars[tone])} style={{ width: `${(100 * done) / total}%` }} />
          </span>
        )}
      </div>
    </div>
  );
}
