import { Equal, Eye, PencilLine, ShieldX, SkipForward } from "lucide-react";
import { cx } from "#components/ui/class-names.ts";
import type { Disposition } from "#server/domain/plan/states.ts";

const looks = {
  apply: { word: "will change", Glyph: PencilLine, tone: "text-wait", mark: "text-wait-mark" },
  already_so: {
    word: "already so: nothing is sent",
    Glyph: Equal,
    tone: "text-ok",
    mark: "text-ok-mark",
  },
  read: { word: "only looks", Glyph: Eye, tone: "text-idle", mark: "text-idle-mark" },
  attempt: { word: "must be refused", Glyph: ShieldX, tone: "text-fix", mark: "text-fix-mark" },
  skipped: {
    word: "skipped: the stage is not proven",
    Glyph: SkipForward,
    tone: "text-fix",
    mark: "text-fix-mark",
  },
} as const satisfies Record<Disposition, unknown>;

/** What the plan found for a step and so what it will do. Always glyph, word and colour together. */
export function DispositionMark({
  disposition,
  className,
}: {
  disposition: Disposition;
  className?: string;
}) {
  const { word, Glyph, tone, mark } = looks[disposition];
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1 text-small font-medium whitespace-nowrap",
        tone,
        className,
      )}
    >
      <Glyph aria-hidden="true" className={cx("size-3.5 shrink-0", mark)} />
      {word}
    </span>
  );
}
