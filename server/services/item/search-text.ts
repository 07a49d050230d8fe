/** Pieces of what is searched for at most; further ones are not looked at. */
const PIECES_MAX = 20;

/**
 * What a person typed, as words of letters and digits in small letters: `R-3 broker` is [[r, 3], [broker]]. What was
 * typed together stands together in what is found. Columns are cut the same way; see `MARKS` in db/schema/register.ts.
 */
export function searchWords(typed: string): string[][] {
  let left = PIECES_MAX;
  return typed
    .normalize("NFC")
    .toLowerCase()
    .split(/\s+/)
    .flatMap((word) => {
      const pieces = word
        .split(/[^\p{L}\p{N}\p{M}]+/u)
        .filter((piece) => piece !== "")
        .slice(0, left);
      left -= pieces.length;
      return pieces.length === 0 ? [] : [pieces];
    });
}

/** A tsquery in text form, its last word a beginning; null when nothing of it can be searched for. */
export function searchQuery(typed: string): string | null {
  const words = searchWords(typed);
  if (words.length === 0) return null;
  const last = words.length - 1;
  return words
    .map((pieces, at) => {
      const quoted = pieces.map((piece, index) => {
        const isOpenEnd = at === last && index === pieces.length - 1;
        return isOpenEnd ? `'${piece}':*` : `'${piece}'`;
      });
      return `(${quoted.join(" <-> ")})`;
    })
    .join(" & ");
}

/** Text in pieces, those that were searched for apart. A screen draws them as text, whatever they hold. */
export interface TextPiece {
  text: string;
  isHit: boolean;
}

const BEFORE = 24;
const SNIPPET_MAX = 180;

/** The text with what was searched for apart. */
export function highlighted(text: string, typed: string): TextPiece[] {
  const pattern = hitPattern(typed);
  if (pattern === null) return [{ text, isHit: false }];
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), isHit: false });
    pieces.push({ text: match[0], isHit: true });
    from = match.index + match[0].length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), isHit: false });
  return pieces;
}

/** The words around the first hit, on one line; empty when none of them was searched for. */
export function snippet(words: string, typed: string): TextPiece[] {
  const pattern = hitPattern(typed);
  const first = pattern === null ? undefined : words.matchAll(pattern).next().value;
  if (first === undefined) return [];
  const from = wordStart(words, Math.max(0, first.index - BEFORE));
  const cut = words.slice(from, from + SNIPPET_MAX);
  const line = cut.replaceAll(/\s+/g, " ").trim();
  const more = from + SNIPPET_MAX < words.length ? " ..." : "";
  return highlighted(`${from > 0 ? "... " : ""}${line}${more}`, typed);
}

function wordStart(words: string, from: number): number {
  if (from === 0) return 0;
  const blank = words.slice(from, from + 20).search(/\s/);
  return blank === -1 ? from : from + blank + 1;
}

/** Words as they are found: from where a word begins, the last of them without its end. */
function hitPattern(typed: string): RegExp | null {
  const words = searchWords(typed);
  if (words.length === 0) return null;
  const last = words.length - 1;
  const alternatives = words.map((pieces, at) => {
    const together = pieces.map(escaped).join("[^\\p{L}\\p{N}\\p{M}]{1,3}");
    return at === last ? together : `${together}(?![\\p{L}\\p{N}\\p{M}])`;
  });
  return new RegExp(`(?<![\\p{L}\\p{N}\\p{M}])(?:${alternatives.join("|")})`, "giu");
}

const escaped = (piece: string) => piece.replaceAll(/[^\p{L}\p{N}]/gu, "");
