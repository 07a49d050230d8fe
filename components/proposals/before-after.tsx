import { cx } from "#components/ui/class-names.ts";
import { diffLines } from "#components/ui/diff-lines.ts";

const LOOK = {
  same: { sign: "\u00a0", word: "stays", row: "text-ink-2" },
  added: { sign: "+", word: "new", row: "bg-ok-soft text-ok" },
  removed: { sign: "\u2212", word: "gone", row: "bg-bad-soft text-bad" },
} as const;

/** What holds now beside what would hold, one sentence a line; what stays is shown as well. */
export function BeforeAfter({ before, after }: { before: readonly string[]; after: readonly string[] }) {
  return (
    <ul aria-label="Before and after" className="overflow-hidden rounded-md border border-line">
      {diffLines(before, after).map((line) => {
        const { sign, word, row } = LOOK[line.kind];
        return (
          <li
            key={`${line.kind} ${line.before ?? ""} ${line.after ?? ""}`}
            className={cx("flex gap-3 border-b border-line px-3 py-1.5 last:border-b-0", row)}
          >
            <span aria-hidden="true" className="w-3 shrink-0 text-center font-mono">
              {sign}
            </span>
            <span className="min-w-0 wrap-anywhere">
              <span className="sr-only">{word}: </span>
              {line.text}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
