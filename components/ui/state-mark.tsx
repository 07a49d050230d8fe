import { cx } from "./class-names.ts";
import { type GlyphShape, StateGlyph } from "./state-glyph.tsx";

type Hue = "ok" | "bad" | "run" | "wait" | "fix" | "unsure" | "idle";
type Trio = { shape: GlyphShape; word: string; hue: Hue };

/** Glyph, word and colour of every state. The same trio everywhere; no screen draws its own. */
const trios = {
  passed: { shape: "check", word: "Passed", hue: "ok" },
  already_so: { shape: "equal", word: "Already so", hue: "ok" },
  failed: { shape: "cross", word: "Failed", hue: "bad" },
  denied: { shape: "cross", word: "Denied", hue: "bad" },
  running: { shape: "arc", word: "Running", hue: "run" },
  open: { shape: "ring", word: "Open", hue: "run" },
  queued: { shape: "dots", word: "Queued", hue: "idle" },
  waiting: { shape: "half", word: "Waiting", hue: "wait" },
  corrected: { shape: "slash", word: "Corrected, not re-run", hue: "fix" },
  never_run: { shape: "dashed", word: "Never run", hue: "idle" },
  by_hand: { shape: "dashed", word: "Done by hand", hue: "fix" },
  unknown_outcome: { shape: "question", word: "Outcome unknown", hue: "unsure" },
  locked: { shape: "lock", word: "Locked", hue: "idle" },
  cancelled: { shape: "minus", word: "Cancelled", hue: "idle" },
  expired: { shape: "clock", word: "Expired", hue: "idle" },
} as const satisfies Record<string, Trio>;

export type MarkedState = keyof typeof trios;

const words: Record<Hue, string> = {
  ok: "text-ok",
  bad: "text-bad",
  run: "text-run",
  wait: "text-wait",
  fix: "text-fix",
  unsure: "text-unsure",
  idle: "text-idle",
};

const marks: Record<Hue, string> = {
  ok: "text-ok-mark",
  bad: "text-bad-mark",
  run: "text-run-mark",
  wait: "text-wait-mark",
  fix: "text-fix-mark",
  unsure: "text-unsure-mark",
  idle: "text-idle-mark",
};

const sizes = {
  sm: { glyph: 14, text: "text-small gap-1.5" },
  md: { glyph: 16, text: "text-base gap-1.5" },
  lg: { glyph: 20, text: "text-lead gap-2" },
} as const;

type StateMarkProps = {
  state: MarkedState;
  /** Says it more exactly, e.g. "Waiting for a second person". It must still name the state. */
  label?: string | undefined;
  size?: keyof typeof sizes;
  /** Shows the glyph alone; the word becomes the accessible name and the hint. */
  iconOnly?: boolean;
  className?: string;
};

export function StateMark({ state, label, size = "md", iconOnly = false, className }: StateMarkProps) {
  const { shape, word, hue } = trios[state];
  const said = label ?? word;
  const { glyph, text } = sizes[size];
  if (iconOnly) {
    return (
      <span
        role="img"
        aria-label={said}
        data-hint={said}
        data-state-mark={state}
        className={cx("inline-flex align-middle", marks[hue], className)}
      >
        <StateGlyph shape={shape} size={glyph} />
      </span>
    );
  }
  return (
    <span
      data-state-mark={state}
      className={cx("inline-flex items-start font-medium", words[hue], text, className)}
    >
      {/* One line high, so that a wrapped word keeps the glyph on its first line. */}
      <span className={cx("inline-flex h-lh items-center", marks[hue])}>
        <StateGlyph shape={shape} size={glyph} />
      </span>
      <span>{said}</span>
    </span>
  );
}
