const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number) => String(n).padStart(2, "0");

/** "just now", "12 s ago", "in 5 min", "3 h ago", "4 d ago"; beyond 60 days the UTC date. Times in epoch ms. */
export function formatRelative(at: number, now: number): string {
  const gap = Math.abs(now - at);
  if (gap < 5 * SECOND) return "just now";
  if (gap >= 60 * DAY) return new Date(at).toISOString().slice(0, 10);
  const [size, unit] =
    gap < MINUTE ? [SECOND, "s"] : gap < HOUR ? [MINUTE, "min"] : gap < 2 * DAY ? [HOUR, "h"] : [DAY, "d"];
  const count = `${Math.floor(gap / Number(size))} ${unit}`;
  return at <= now ? `${count} ago` : `in ${count}`;
}

/** The same of a time that is past, without "ago": "now", "12 s", "3 h". Times in epoch ms. */
export function formatAge(at: number, now: number): string {
  return formatRelative(Math.min(at, now), now)
    .replace(/ ago$/, "")
    .replace(/^just /, "");
}

/** "2026-11-22 06:41:09 UTC". Time in epoch ms. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** "420 ms", "8.4 s", "3 m 07 s", "2 h 05 m", "3 d 04 h". Duration in ms; a negative one counts as none. */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < SECOND) return `${Math.round(span)} ms`;
  if (span < 10 * SECOND) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} m ${two(Math.floor((span % MINUTE) / SECOND))} s`;
  if (span < 2 * DAY) return `${Math.floor(span / HOUR)} h ${two(Math.floor((span % HOUR) / MINUTE))} m`;
  return `${Math.floor(span / DAY)} d ${two(Math.floor((span % DAY) / HOUR))} h`;
}

/** The same in whole seconds, for a count that runs: "0 s", "8 s", "3 m 07 s". */
export function formatElapsed(ms: number): string {
  const span = Math.max(0, ms);
  return span < MINUTE ? `${Math.floor(span / SECOND)} s` : formatDuration(span);
}
