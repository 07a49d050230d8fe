import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

export type Tone = "neutral" | "accent" | "ok" | "bad" | "wait" | "fix" | "unsure";

const tones: Record<Tone, string> = {
  neutral: "bg-idle-soft text-idle",
  accent: "bg-run-soft text-run",
  ok: "bg-ok-soft text-ok",
  bad: "bg-bad-soft text-bad",
  wait: "bg-wait-soft text-wait",
  fix: "bg-fix-soft text-fix",
  unsure: "bg-unsure-soft text-unsure",
};

/** A short word or count about something. A state belongs in StateMark, an effect in EffectBadge. */
export function Badge({
  tone = "neutral",
  mono = false,
  glyph,
  className,
  children,
}: {
  tone?: Tone;
  mono?: boolean;
  glyph?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cx(
        "tnum inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-small whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0",
        mono && "font-mono text-micro!",
        tones[tone],
        className,
      )}
    >
      {glyph}
      {children}
    </span>
  );
}
