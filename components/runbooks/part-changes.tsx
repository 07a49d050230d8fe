import { cx } from "#components/ui/class-names.ts";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { diffLines } from "#components/ui/diff-lines.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { PartChangeFacts } from "./runbook-data.ts";

const WORDS: Record<PartChangeFacts["change"], { word: string; tone: Tone }> = {
  same: { word: "Same", tone: "neutral" },
  changed: { word: "Changed", tone: "fix" },
  added: { word: "New", tone: "ok" },
  removed: { word: "Gone", tone: "bad" },
  moved: { word: "Moved", tone: "unsure" },
};

/** What stands before a part's name; words and heads have names that say it themselves. */
const KINDS: Record<PartChangeFacts["kind"], string> = {
  block: "block ",
  gate: "gate ",
  prose: "",
  head: "",
};

/** What differs between two texts of a runbook, one part after the other; what stays is counted. */
export function PartChanges({ changes }: { changes: readonly PartChangeFacts[] }) {
  const changed = changes.filter(({ change }) => change !== "same");
  const blocks = changes.filter(({ kind }) => kind === "block" || kind === "gate");
  const same = blocks.filter(({ change }) => change === "same").length;
  if (changed.length === 0) {
    return (
      <EmptyState size="line" title="Nothing differs.">
        Every block, gate and word is the same.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-5">
      <p className="text-ink-2">
        {changed.length} {changed.length === 1 ? "part differs" : "parts differ"}; {same} of {blocks.length}{" "}
        blocks and gates stay as they are.
      </p>
      {changed.map((part) => (
        <Part key={`${part.kind} ${part.stageKey ?? ""} ${part.name}`} part={part} />
      ))}
    </div>
  );
}

function Part({ part }: { part: PartChangeFacts }) {
  const { word, tone } = WORDS[part.change];
  const where = part.stageKey === null ? "" : `Stage ${part.stageKey.replace("-", "/")}, `;
  const name = `${where}${KINDS[part.kind]}${part.name}`;
  return (
    <section aria-label={name} className="min-w-0">
      <header className="flex flex-wrap items-center gap-2 pb-1.5">
        <h3 className="font-medium wrap-anywhere">
          {where}
          {KINDS[part.kind]}
          <span className="font-mono text-small">{part.name}</span>
        </h3>
        <Badge tone={tone}>{word}</Badge>
      </header>
      <LineDiff name={name} before={part.before ?? ""} after={part.after ?? ""} />
    </section>
  );
}

const LOOK = {
  same: { sign: " ", word: "", row: "text-ink-2" },
  added: { sign: "+", word: "new: ", row: "bg-ok-soft text-ok" },
  removed: { sign: "\u2212", word: "gone: ", row: "bg-bad-soft text-bad" },
} as const;

/** Lines around a change that are shown with it. */
const AROUND = 3;

function LineDiff({ name, before, after }: { name: string; before: string; after: string }) {
  const split = (text: string) => (text === "" ? [] : text.split("\n"));
  const lines = diffLines(split(before), split(after));
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== "same"),
  );
  return (
    <pre
      tabIndex={0}
      role="group"
      aria-label={`Lines of ${name}`}
      className="focus-inset max-h-120 overflow-auto rounded-md border border-line py-1 text-small leading-5"
    >
      {lines.map((line, at) =>
        isNear[at] ? (
          <span
            key={`${line.kind} ${line.before ?? ""} ${line.after ?? ""}`}
            className={cx("flex min-w-max gap-3 px-3", LOOK[line.kind].row)}
          >
            <span aria-hidden="true" className="w-3 shrink-0 select-none">
              {LOOK[line.kind].sign}
            </span>
            <span>
              <span className="sr-only">{LOOK[line.kind].word}</span>
              {line.text === "" ? "\u00a0" : line.text}
            </span>
          </span>
        ) : isNear[at - 1] ? (
          <span key={`gap ${at}`} className="block px-3 text-ink-3">
            ...
          </span>
        ) : null,
      )}
    </pre>
  );
}
