import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { VisibleLines } from "#components/ui/visible-text.tsx";
import type { FieldMerge } from "./merge.ts";

type MergeViewProps = {
  /** What both changed, such as "this item". */
  what: string;
  fields: readonly FieldMerge[];
  labelOf: (key: string) => string;
  wordsOf: (key: string, text: string | null) => string | null;
  chosen: ReadonlyMap<string, "theirs" | "mine">;
  choose: (key: string, side: "theirs" | "mine") => void;
};

function Side({ label, words, children }: { label: ReactNode; words: string | null; children?: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-1 rounded-md border border-line p-2">
      <span className="text-small text-ink-3">{label}</span>
      <span className="max-h-48 overflow-y-auto wrap-anywhere whitespace-pre-wrap">
        {words === null ? <span className="text-ink-3">nothing</span> : <VisibleLines>{words}</VisibleLines>}
      </span>
      {children}
    </div>
  );
}

/** What it was, what others made of it, and what I want: field by field, with a choice where both changed it. */
export function MergeView({ what, fields, labelOf, wordsOf, chosen, choose }: MergeViewProps) {
  return (
    <div className="grid gap-4">
      <Notice
        kind="warning"
        title={`Somebody changed ${what} while you did. Nothing of yours was saved.`}
        live
      >
        Choose for each place below, then save. What you did not touch stays as they made it.
      </Notice>
      {fields.map(({ key, base, theirs, mine, taken }) => (
        <fieldset key={key} className="grid gap-2">
          <legend className="font-medium">{labelOf(key)}</legend>
          <div className="grid gap-2 xl:grid-cols-3">
            <Side label="Was" words={wordsOf(key, base)} />
            {(["theirs", "mine"] as const).map((side) => (
              <Side
                key={side}
                label={
                  <label className="flex items-center gap-2 text-ink">
                    <input
                      type="radio"
                      name={`merge-${key}`}
                      className="tick-control rounded-full"
                      checked={(chosen.get(key) ?? taken) === side}
                      onChange={() => choose(key, side)}
                    />
                    {side === "theirs" ? "Theirs" : "Mine"}
                  </label>
                }
                words={wordsOf(key, side === "theirs" ? theirs : mine)}
              />
            ))}
          </div>
        </fieldset>
      ))}
      {fields.length === 0 && (
        <p className="text-ink-2">Nothing of yours is left to save: they made the same change.</p>
      )}
    </div>
  );
}
