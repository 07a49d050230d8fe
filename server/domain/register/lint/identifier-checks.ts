import { type Definition, definitionsIn, nextOver, statementsIn } from "../numbers/scan.ts";
import { identifiersIn, isItemId, partsOf } from "../text/identifiers.ts";
import { oneLine } from "../text/wrap.ts";
import { lineNumberAt } from "../source/source.ts";
import { finding, type LintedFile, type LintFinding } from "./finding.ts";

/** Checks of identifiers over all files: defined twice, named and nowhere defined, promised as free and taken. */
export function checkIdentifiers(files: readonly LintedFile[]): LintFinding[] {
  const definitions = files.flatMap(({ path, document }) => definitionsIn(path, document));
  return [...reused(definitions), ...dangling(files, definitions), ...notFree(files)];
}

/** The same identifier with another meaning. A change may carry out a draft, and an addendum comes back to a change. */
function reused(definitions: readonly Definition[]): LintFinding[] {
  const found: LintFinding[] = [];
  const first = new Map<string, Definition>();
  for (const definition of definitions) {
    const { id, path, line, title, kind } = definition;
    if (kind === "addendum" || kind === "draft") continue;
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, definition);
    // Within one file the reader has said so already.
    else if (earlier.path !== path || kind === "change") {
      if (sameTitle(earlier.title, title) && kind === "change") continue;
      const says = `${id} is "${earlier.title}" in ${earlier.path} line ${earlier.line}, and "${title}" here.`;
      found.push(finding("L3", { path, line, subject: id }, says));
    }
  }
  return found;
}

const sameTitle = (one: string, other: string) => oneLine(one).toLowerCase() === oneLine(other).toLowerCase();

/** Only series of which the files define some: without a decision log nothing can be said about decisions. */
function dangling(files: readonly LintedFile[], definitions: readonly Definition[]): LintFinding[] {
  const defined = new Set(definitions.map(({ id }) => id));
  const series = new Set(definitions.map(({ id }) => partsOf(id).series));
  return files.flatMap(({ path, document }) => {
    const { source } = document.text;
    const own = new Set(
      document.content.kind === "handoff" ? document.content.handoff.items.map(({ id }) => id) : [],
    );
    const said = new Set(statementsIn(document).map(({ id }) => id));
    const seen = new Set<string>();
    const found: LintFinding[] = [];
    for (const { id, at } of identifiersIn(source.text)) {
      const isOwn = isItemId(id) ? own.size === 0 || own.has(id) : !series.has(partsOf(id).series);
      if (
        seen.has(id) ||
        isOwn ||
        defined.has(id) ||
        said.has(id) ||
        isCandidate(source.text, at + id.length)
      )
        continue;
      seen.add(id);
      const says = `${id} is named here and defined nowhere in these files.`;
      found.push(finding("L4", { path, line: lineNumberAt(source, at), subject: id }, says));
    }
    return found;
  });
}

const isCandidate = (text: string, at: number) => /^ (?:candidate|or)\b/.test(text.slice(at, at + 12));

/** A number that a document promises as the next free one and that is taken already, or is not the next. */
function notFree(files: readonly LintedFile[]): LintFinding[] {
  const newest = new Map<string, { next: string } | null>();
  return files.flatMap(({ path, document }) =>
    statementsIn(document).flatMap(({ id, claim, line }) => {
      if (claim !== "next_free") return [];
      const { series, digits } = partsOf(id);
      if (!newest.has(series)) newest.set(series, nextOver(series, files));
      const next = newest.get(series)?.next;
      if (next === undefined || Number(partsOf(next).digits) <= Number(digits)) return [];
      // An older document was right when it was written.
      if (files.some((file) => file.path !== path && promises(file, next))) return [];
      const says = `${id} is called the next free number; over these files it is ${next}.`;
      return [finding("L5", { path, line, subject: id }, says)];
    }),
  );
}

const promises = ({ document }: LintedFile, id: string) =>
  statementsIn(document).some((statement) => statement.claim === "next_free" && statement.id === id);
