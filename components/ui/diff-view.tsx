import { cx } from "./class-names.ts";
import { type DiffLine, diffLines } from "./diff-lines.ts";
import type { Json } from "./json-view.tsx";
import { ReferenceText } from "./reference-text.tsx";

const looks = {
  same: { sign: " ", word: "Unchanged", row: "text-ink-2" },
  added: { sign: "+", word: "Added", row: "bg-ok-soft text-ok" },
  removed: { sign: "-", word: "Removed", row: "bg-bad-soft text-bad" },
} as const;

const CONTEXT = 3;

type Piece = { kind: "lines"; lines: DiffLine[] } | { kind: "gap"; count: number };

/** Leaves out long unchanged stretches and says how many lines they were. */
function foldUnchanged(lines: readonly DiffLine[]): Piece[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => line.kind !== "same"),
  );
  const pieces: Piece[] = [];
  lines.forEach((line, at) => {
    const last = pieces.at(-1);
    if (near[at] === true) {
      if (last?.kind === "lines") last.lines.push(line);
      else pieces.push({ kind: "lines", lines: [line] });
    } else if (last?.kind === "gap") last.count += 1;
    else pieces.push({ kind: "gap", count: 1 });
  });
  return pieces;
}

function Line({ line }: { line: DiffLine }) {
  const { sign, word, row } = looks[line.kind];
  return (
    <tr className={row}>
      <td className="tnum w-px px-2 text-right text-ink-3 select-none max-sm:hidden">{line.before}</td>
      <td className="tnum w-px px-2 text-right text-ink-3 select-none max-sm:hidden">{line.after}</td>
      <td className="w-px px-1.5 select-none">
        <span aria-hidden="true">{sign}</span>
        <span className="sr-only">{word}</span>
      </td>
      <td className="pr-3 whitespace-pre-wrap wrap-anywhere">
        <ReferenceText>{line.text}</ReferenceText>
      </td>
    </tr>
  );
}

type DiffViewProps = {
  title: string;
  before: string | readonly string[];
  after: string | readonly string[];
  /** What the two sides are, e.g. "as approved" and "as it is now". */
  beforeLabel?: string;
  afterLabel?: string;
  className?: string;
};

export function DiffView(props: DiffViewProps) {
  const { title, before, after, beforeLabel = "before", afterLabel = "after", className } = props;
  const split = (side: string | readonly string[]) => (typeof side === "string" ? side.split("\n") : side);
  const lines = diffLines(split(before), split(after));
  const added = lines.filter((line) => line.kind === "added").length;
  const removed = lines.filter((line) => line.kind === "removed").length;
  return (
    <figure className={cx("min-w-0 overflow-hidden rounded-md border border-line bg-sunken", className)}>
      <figcaption className="flex min-h-8 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1 text-small text-ink-2">
        <span className="font-medium text-ink">{title}</span>
        <span>
          {beforeLabel} {"\u2192"} {afterLabel}
        </span>
        <span className="tnum ml-auto">
          {added + removed === 0 ? (
            "No difference"
          ) : (
            <>
              <span className="text-ok">{added} added</span>
              {", "}
              <span className="text-bad">{removed} removed</span>
            </>
          )}
        </span>
      </figcaption>
      <div tabIndex={0} role="group" aria-label={title} className="focus-inset max-h-120 overflow-auto py-1">
        <table className="w-full border-collapse font-mono text-small leading-5">
          <tbody>
            {foldUnchanged(lines).map((piece, at) =>
              piece.kind === "gap" ? (
                <tr key={at}>
                  <td colSpan={4} className="bg-hover px-3 py-0.5 font-sans text-ink-3">
                    {piece.count} unchanged {piece.count === 1 ? "line" : "lines"}
                  </td>
                </tr>
              ) : (
                piece.lines.map((line, n) => <Line key={`${at}-${n}`} line={line} />)
              ),
            )}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** The same for two values, compared as pretty-printed JSON with the keys in the order given. */
export function JsonDiffView({
  before,
  after,
  ...rest
}: Omit<DiffViewProps, "before" | "after"> & { before: Json; after: Json }) {
  return (
    <DiffView {...rest} before={JSON.stringify(before, null, 2)} after={JSON.stringify(after, null, 2)} />
  );
}
