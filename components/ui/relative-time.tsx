"use client";

import { useTicking } from "./clock.tsx";
import { formatAge, formatRelative, formatUtc } from "./time-format.ts";

type RelativeTimeProps = {
  /** A Date, epoch ms or ISO 8601. */
  at: Date | number | string;
  /** In long tables the row link is the tab stop, so single times are left out of the tab order. */
  focusable?: boolean;
  /** In a narrow column whose head says that its times are ages: "3 h". */
  short?: boolean;
  className?: string;
};

/** "3 h ago", with the absolute UTC time on hover and focus. Ticks; stable while hydrating. */
export function RelativeTime({ at, focusable = true, short = false, className }: RelativeTimeProps) {
  const ms = new Date(at).getTime();
  const words = useTicking((now) => (short ? formatAge(ms, now) : formatRelative(ms, now)));
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      data-hint={formatUtc(ms)}
      tabIndex={focusable ? 0 : undefined}
      className={`tnum rounded-sm whitespace-nowrap ${className ?? ""}`}
    >
      {words}
    </time>
  );
}
