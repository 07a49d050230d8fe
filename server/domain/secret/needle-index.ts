import { START_BYTES } from "./spellings.ts";

const FILTER_SLOTS = 1 << 16;

/** What is looked for: a text, or a sticky pattern, over bytes written as latin1 characters. */
export interface Needle {
  find: string | RegExp;
  mask: string;
  /** Of needles that match at the same place, the lower one names the mask. */
  rank: number;
}

/** A place where a needle matches, in bytes. */
export interface NeedleMatch {
  start: number;
  end: number;
  mask: string;
}

/**
 * Any number of needles searched for in one pass over bytes: the last three bytes are looked up in a small filter, and
 * only where they begin something is anything compared.
 */
export class NeedleIndex {
  private readonly filter = new Uint8Array(FILTER_SLOTS);
  private readonly byKey = new Map<number, Needle[]>();
  /** What the last one or two bytes of a piece may be the begin of. */
  private readonly begins = new Set<string>();

  /** `starts` are the first three bytes of every match. */
  add(needle: Needle, starts: readonly string[]): void {
    for (const start of new Set(starts)) {
      this.begins.add(start.slice(0, 1)).add(start.slice(0, 2));
      const key = keyOf(start);
      const known = this.byKey.get(key) ?? [];
      this.byKey.set(
        key,
        [...known, needle].sort((a, b) => a.rank - b.rank),
      );
      this.filter[slotOf(key)] = 1;
    }
  }

  /** The first place from there on where a needle may begin, with what there is of it so far; the end when there is none. */
  mayBegin(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const begin = bytes.toString("latin1", at, at + START_BYTES);
      if (begin.length < START_BYTES ? this.begins.has(begin) : this.byKey.has(keyOf(begin))) return at;
    }
    return bytes.length;
  }

  /** Every place where a needle matches, overlapping ones included, in order of their starts. */
  find(bytes: Buffer): NeedleMatch[] {
    const found: NeedleMatch[] = [];
    if (this.byKey.size === 0) return found;
    const { filter } = this;
    let text = "";
    let key = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      key = ((key << 8) | bytes.readUInt8(at)) & 0xffffff;
      if (filter[slotOf(key)] === 0 || at < START_BYTES - 1) continue;
      const needles = this.byKey.get(key);
      if (needles === undefined) continue;
      if (text === "") text = bytes.toString("latin1");
      matchAt(text, { needles, start: at - START_BYTES + 1, found });
    }
    return found;
  }
}

function matchAt(
  text: string,
  { needles, start, found }: { needles: readonly Needle[]; start: number; found: NeedleMatch[] },
): void {
  for (const { find, mask } of needles) {
    const length = typeof find === "string" ? lengthOf(text, find, start) : matchLength(text, find, start);
    if (length > 0) found.push({ start, end: start + length, mask });
  }
}

function lengthOf(text: string, literal: string, start: number): number {
  return text.startsWith(literal, start) ? literal.length : 0;
}

function matchLength(text: string, sticky: RegExp, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(text) ? sticky.lastIndex - start : 0;
}

function keyOf(text: string): number {
  return (text.charCodeAt(0) << 16) | (text.charCodeAt(1) << 8) | text.charCodeAt(2);
}

function slotOf(key: number): number {
  return (key ^ (key >>> 8)) & (FILTER_SLOTS - 1);
}
