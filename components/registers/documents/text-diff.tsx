import { cx } from "#components/ui/class-names.ts";
import { type DiffLine, diffLines } from "#components/ui/diff-lines.ts";

const LOOK = {
  same: { sign: "\u00a0", row: "text-ink-2" },
  added: { sign: "+", row: "bg-ok-soft text-ok" },
  removed: { sign: "\u2212", row: "bg-bad-soft text-bad" },
} as const;
/** Lines that stay around a change, and how many lines are shown at all. */
const AROUND = 3;
const SHOWN_MAX = 2000;

/** Changed lines of a document with a few around them. */
export function TextDiff({ before, after }: { before: string; after: string }) {
  const lines = diffLines(before.split("\n"), after.split("\n"));
  const near = new Set<number>();
  lines.forEach(({ kind }, at) => {
    for (let step = -AROUND; kind !== "same" && step <= AROUND; step += 1) near.add(at + step);
  });
  const shown = lines.flatMap((line, at) =>
    near.has(at) ? [{ line, isGap: at > 0 && !near.has(at - 1) }] : [],
  );
  return (
    <div
      role="group"
      aria-label="Changed lines"
      tabIndex={0}
      className="focus-inset max-h-160 overflow-auto rounded-md border border-line font-mono text-small"
    >
      <ol className="w-max min-w-full">
        {shown.slice(0, SHOWN_MAX).map(({ line, isGap }) => (
          <Line key={`${line.kind} ${line.before ?? ""} ${line.after ?? ""}`} line={line} isGap={isGap} />
        ))}
      </ol>
    </div>
  );
}

function Line({ line, isGap }: { line: DiffLine; isGap: boolean }) {
  const { sign, row } = LOOK[line.kind];
  return (
    <li className={cx("flex gap-3 px-3 leading-6", row, isGap && "mt-1 border-t border-line pt-1")}>
      <span aria-hidden="true" className="tnum w-10 shrink-0 text-right text-ink-3 select-none">
        {line.after ?? line.before}
      </span>
      <span aria-hidden="true" className="w-3 shrink-0 text-center select-none">
        {sign}
      </span>
      <span className="whitespace-pre">
        {line.kind !== "same" && <span className="sr-only">{line.kind}: </span>}
        {line.text}
      </span>
    </li>
  );
}
