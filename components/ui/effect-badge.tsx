import { Eye, OctagonAlert, PencilLine } from "lucide-react";
import { cx } from "./class-names.ts";

export type Effect = "read" | "mutate" | "destroy";

const looks = {
  read: { word: "Read", hint: "Reads only. Nothing is changed.", Glyph: Eye, tone: "bg-idle-soft text-idle" },
  mutate: {
    word: "Mutate",
    hint: "Creates or changes something.",
    Glyph: PencilLine,
    tone: "bg-wait-soft text-wait",
  },
  destroy: {
    word: "Destroy",
    hint: "Removes something, or its effect is not known.",
    Glyph: OctagonAlert,
    tone: "bg-bad-soft text-bad",
  },
} as const;

/** What carrying something out does. Always glyph, word and colour together. */
export function EffectBadge({ effect, size = "sm" }: { effect: Effect; size?: "sm" | "lg" }) {
  const { word, hint, Glyph, tone } = looks[effect];
  return (
    <span
      data-hint={hint}
      className={cx(
        "inline-flex shrink-0 items-center rounded-sm font-medium whitespace-nowrap",
        size === "sm" ? "h-5 gap-1 px-1.5 text-small" : "h-7 gap-1.5 px-2.5 text-prose",
        tone,
      )}
    >
      <Glyph aria-hidden="true" className={size === "sm" ? "size-3.5" : "size-4"} />
      {word}
    </span>
  );
}
