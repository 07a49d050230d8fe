import type { FieldMerge } from "#components/registers/item/merge.ts";
import { diffLines } from "#components/ui/diff-lines.ts";

/** Lines that all three have, or a place where they differ. Lines of `base` count from 0, the end excluded. */
export type MergeHunk =
  | { kind: "same"; text: string[] }
  | {
      kind: "differs";
      from: number;
      to: number;
      base: string[];
      theirs: string[];
      mine: string[];
      /** What is taken without a question; null where both changed it and somebody has to choose. */
      taken: "theirs" | "mine" | null;
    };

/** Which line of the other stands for each line of the base; null where none does. */
function placesIn(base: readonly string[], other: readonly string[]): (number | null)[] {
  const places: (number | null)[] = base.map(() => null);
  for (const { kind, before, after } of diffLines(base, other)) {
    if (kind === "same" && before !== undefined && after !== undefined) places[before - 1] = after - 1;
  }
  return places;
}

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((line, at) => line === other[at]);

/** What I began with, what others made of it, and what I want, cut at the lines that all of them have. */
export function mergeLines(base: string, theirs: string, mine: string): MergeHunk[] {
  const [was, is, want] = [base.split("\n"), theirs.split("\n"), mine.split("\n")];
  const [inTheirs, inMine] = [placesIn(was, is), placesIn(was, want)];
  const hunks: MergeHunk[] = [];
  const at = { base: 0, theirs: 0, mine: 0 };
  const differ = (to: { base: number; theirs: number; mine: number }) => {
    const texts = {
      base: was.slice(at.base, to.base),
      theirs: is.slice(at.theirs, to.theirs),
      mine: want.slice(at.mine, to.mine),
    };
    if (texts.base.length + texts.theirs.length + texts.mine.length > 0) {
      const isTheirs = isSame(texts.base, texts.mine) || isSame(texts.theirs, texts.mine);
      const taken = isTheirs ? "theirs" : isSame(texts.base, texts.theirs) ? "mine" : null;
      hunks.push({ kind: "differs", from: at.base, to: to.base, ...texts, taken });
    }
  };
  was.forEach((line, index) => {
    const [their, my] = [inTheirs[index], inMine[index]];
    if (their === null || their === undefined || my === null || my === undefined) return;
    differ({ base: index, theirs: their, mine: my });
    const last = hunks.at(-1);
    if (last?.kind === "same") last.text.push(line);
    else hunks.push({ kind: "same", text: [line] });
    Object.assign(at, { base: index + 1, theirs: their + 1, mine: my + 1 });
  });
  differ({ base: was.length, theirs: is.length, mine: want.length });
  return hunks;
}

/** The places of a merge that are mine to say, as a person reads them. */
export function mergeFieldsOf(hunks: readonly MergeHunk[]): FieldMerge[] {
  return hunks.flatMap((hunk): FieldMerge[] => {
    if (hunk.kind === "same" || hunk.taken === "theirs") return [];
    const [base, theirs, mine] = [textOf(hunk.base), textOf(hunk.theirs), textOf(hunk.mine)];
    return [{ key: keyOf(hunk), base, theirs, mine, taken: hunk.taken }];
  });
}

const textOf = (lines: readonly string[]) => (lines.length === 0 ? null : lines.join("\n"));

function keyOf({ from, to }: MergeHunk & { kind: "differs" }): string {
  if (from === to) return from === 0 ? "Before line 1" : `After line ${from}`;
  return to === from + 1 ? `Line ${to}` : `Lines ${from + 1} to ${to}`;
}

/** The text with these choices; a place without one is taken as it was decided, or theirs. */
export function mergedText(
  hunks: readonly MergeHunk[],
  chosen: ReadonlyMap<string, "theirs" | "mine">,
): string {
  return hunks
    .flatMap((hunk) => {
      if (hunk.kind === "same") return hunk.text;
      const side = chosen.get(keyOf(hunk)) ?? hunk.taken ?? "theirs";
      return side === "mine" ? hunk.mine : hunk.theirs;
    })
    .join("\n");
}
