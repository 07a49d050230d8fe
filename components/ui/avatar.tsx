import { cx } from "./class-names.ts";

function initialsOf(name: string): string {
  const words = name.trim().split(/[\s._-]+/);
  const [first = "?", last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return `${first.slice(0, 1)}${last?.slice(0, 1) ?? ""}`.toUpperCase();
}

// Hues that stay apart for common colour-vision deficiencies; the initials carry the identity.
const tints = [
  "bg-run-soft text-run",
  "bg-fix-soft text-fix",
  "bg-unsure-soft text-unsure",
  "bg-ok-soft text-ok",
  "bg-idle-soft text-idle",
] as const;

function tintOf(name: string): string {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return tints[sum % tints.length] ?? tints[0];
}

const sizes = { sm: "size-5 text-[0.5625rem]", md: "size-7 text-micro" } as const;

export function Avatar({ name, size = "md" }: { name: string; size?: keyof typeof sizes }) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        "inline-flex shrink-0 items-center justify-center rounded-full font-medium select-none",
        sizes[size],
        tintOf(name),
      )}
    >
      {initialsOf(name)}
    </span>
  );
}

/** Initials and name on one line. */
export function Person({ name, note }: { name: string; note?: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 align-bottom whitespace-nowrap">
      <Avatar name={name} size="sm" />
      <span>{name}</span>
      {note !== undefined && <span className="text-ink-3">{note}</span>}
    </span>
  );
}
