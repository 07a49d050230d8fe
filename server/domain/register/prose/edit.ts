import type { RegisterDocument } from "../document.ts";
import { readRegisterText, readPlain } from "../read.ts";
import { isSameContent } from "../record-standing.ts";
import { type DocumentRecord, recordsIn } from "../records.ts";
import { lineAt, lineEndOf, rangeOf, type Source } from "../source/source.ts";
import { type ProsePart, prosePartsIn } from "./parts.ts";

/** Why words cannot stand where they would; `line` counts from 1 within them, null where no line of theirs is to blame. */
export interface ProseRefusal {
  key: string;
  line: number | null;
  says: string;
}

/** Words of parts by their keys; a part that is not named stays as it is. */
export type ProseWords = ReadonlyMap<string, string>;

/**
 * The document with these words in the place of its own: only lines that differ are others, byte for byte. Words of
 * parts that it does not have are left out.
 */
export function withProse(document: RegisterDocument, words: ProseWords): string {
  if (words.size === 0) return document.text.source.text;
  const { source } = document.text;
  const pieces: string[] = [];
  let at = 0;
  for (const part of prosePartsIn(document)) {
    const now = words.get(part.key);
    if (now === undefined || now === part.text) continue;
    const { from, to } = rangeOf(source, part.lines.first, part.lines.last);
    pieces.push(source.text.slice(at, from), written(source, part, now));
    at = to;
  }
  return pieces.join("") + source.text.slice(at);
}

/** The words with the line ends that their lines had; new lines get the document's. */
function written(source: Source, { lines, text }: ProsePart, now: string): string {
  const old = text.split("\n");
  const endOf = (index: number) => {
    const number = lines.first - 1 + index;
    const { to } = rangeOf(source, number + 1, number + 1);
    return source.text.slice(source.stops[number], to);
  };
  const ends = new Map<string, { all: string[]; used: number }>();
  old.forEach((line, index) => {
    const known = ends.get(line);
    if (known === undefined) ends.set(line, { all: [endOf(index)], used: 0 });
    else known.all.push(endOf(index));
  });
  const nextEnd = (line: string): string | undefined => {
    const known = ends.get(line);
    if (known === undefined) return undefined;
    known.used += 1;
    return known.all[known.used - 1];
  };
  const fallback = lineEndOf(source);
  const last = endOf(old.length - 1);
  const own = now.split("\n");
  const written = own.map((line, index) => {
    const end = nextEnd(line) ?? fallback;
    // What ends the document goes on ending it, with or without a line end.
    return line + (index === own.length - 1 ? last : end === "" ? fallback : end);
  });
  const mark = lines.first === 1 && lineAt(source, 0).startsWith("\uFEFF") ? "\uFEFF" : "";
  return mark + written.join("");
}

/** The words as they are kept: with LF, and without the blank lines around them, which are the document's. */
export function trimmedProse(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").split("\n");
  const isSaid = (line: string) => /[^ \t]/.test(line);
  const [first, last] = [lines.findIndex(isSaid), lines.findLastIndex(isSaid)];
  return first === -1 ? "" : lines.slice(first, last + 1).join("\n");
}

/** Characters of one part; more are no prose. */
export const PROSE_MAX = 100_000;
const TEXT_MAX = 10 * 1024 * 1024;

/**
 * Whether a document whose part gets these words keeps all of its records and all of its parts: what would read as
 * another item, another heading or a block without an end is refused, with the line that does it.
 */
export function findProseRefusal(
  document: RegisterDocument,
  key: string,
  words: string,
): ProseRefusal | null {
  const parts = prosePartsIn(document);
  const part = parts.find((one) => one.key === key);
  if (part === undefined) return { key, line: null, says: "The document has no such part." };
  if (part.isMachines) {
    return {
      key,
      line: null,
      says: `${part.title} is made by the console from the registers, and not edited.`,
    };
  }
  if (words === "") {
    return {
      key,
      line: null,
      says: `${part.title} would be empty. A part is taken out in the document itself.`,
    };
  }
  const letter = foreignLetter(document, part, words);
  if (letter !== null) return { key, ...letter };
  const text = withProse(document, new Map([[key, words]]));
  if (text.length > TEXT_MAX)
    return { key, line: null, says: "The document would be too long to be read again." };
  return readOtherwise({ document, parts, part, words }, text);
}

const isPlain = (text: string) => /^[\t\n\r\u0020-\u007e]*$/.test(text);
const HIDDEN = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A character in a line that the part did not have: hidden anywhere, and beyond ASCII where the document has none. */
function foreignLetter(
  { text: { source } }: RegisterDocument,
  part: ProsePart,
  words: string,
): { line: number; says: string } | null {
  const known = new Set(part.text.split("\n"));
  const isAscii = isPlain(source.text);
  for (const [index, line] of words.split("\n").entries()) {
    if (known.has(line)) continue;
    const found = (HIDDEN.exec(line) ?? (isAscii ? /[^\t\u0020-\u007e]/u.exec(line) : null))?.[0];
    if (found === undefined) continue;
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const why = HIDDEN.test(found) ? "which does not show itself" : "and the document is plain ASCII";
    return { line: index + 1, says: `Line ${index + 1} has the character U+${code}, ${why}.` };
  }
  return null;
}

interface Edited {
  document: RegisterDocument;
  parts: readonly ProsePart[];
  part: ProsePart;
  words: string;
}

function readOtherwise({ document, parts, part, words }: Edited, text: string): ProseRefusal | null {
  const { key } = part;
  const before = readRegisterText(document.text.source.text, document.path);
  const read = readRegisterText(text, document.path);
  if (read.encoding !== before.encoding || read.documents.length !== before.documents.length) {
    return { key, line: null, says: "With these words the document would read as a patch, or as one line." };
  }
  const after = readPlain(text, document.path ?? "");
  const last = part.lines.first + words.split("\n").length - 1;
  const within = (line: number) =>
    line >= part.lines.first && line <= last ? line - part.lines.first + 1 : null;
  const found = recordsIn(after);
  const made = found.find(({ lines }) => within(lines.first) !== null);
  if (made !== undefined) {
    const line = within(made.lines.first);
    return { key, line, says: `Line ${line} would be read as ${made.code}, a record of its own.` };
  }
  const block = after.text.fences.find((fence) => {
    return within(fence.first + 1) !== null && (!fence.isClosed || within(fence.last + 1) === null);
  });
  if (block !== undefined) {
    const line = within(block.first + 1);
    return { key, line, says: `Line ${line} begins a block that does not end in this part.` };
  }
  const now = prosePartsIn(after, found);
  const begun = now.find(({ lines }) => (within(lines.first) ?? 1) > 1);
  if (begun !== undefined) {
    const line = within(begun.lines.first);
    return { key, line, says: `Line ${line} would begin another part of the document.` };
  }
  const records = recordsIn(document);
  const other = records.find((record, at) => !isSameRecord(record, found[at]));
  const isKept =
    found.length === records.length &&
    after.content.kind === document.content.kind &&
    now.length === parts.length &&
    now.every((one, at) => isSamePart(one, parts[at], { key, words }));
  if (other === undefined && isKept) return null;
  const what = other === undefined ? "the document" : other.code;
  return { key, line: null, says: `With these words ${what} would no longer read as it does.` };
}

const isSameRecord = (one: DocumentRecord, other: DocumentRecord | undefined): boolean =>
  other !== undefined &&
  one.key === other.key &&
  one.section === other.section &&
  one.kind === other.kind &&
  isSameContent(one.content, other.content);

const isSamePart = (
  one: ProsePart,
  other: ProsePart | undefined,
  edited: { key: string; words: string },
): boolean =>
  other !== undefined &&
  one.key === other.key &&
  one.text === (one.key === edited.key ? edited.words : other.text);
