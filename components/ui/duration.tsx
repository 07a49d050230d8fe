"use client";

import { useTicking } from "./clock.tsx";
import { formatDuration, formatElapsed } from "./time-format.ts";

type DurationProps =
  | { ms: number; className?: string }
  /** A span that is still running, counted from this moment. */
  | { since: Date | number | string; className?: string };

export function Duration(props: DurationProps) {
  const since = "since" in props ? new Date(props.since).getTime() : null;
  const settled = "ms" in props ? props.ms : 0;
  const words = useTicking((now) => (since === null ? formatDuration(settled) : formatElapsed(now - since)));
  return <span className={`tnum whitespace-nowrap ${props.className ?? ""}`}>{words}</span>;
}
