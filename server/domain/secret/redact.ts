import type { Json } from "../canonical/json.ts";
import { base64Windows, literalsOfLine } from "./literals.ts";
import { NeedleIndex, type NeedleMatch } from "./needle-index.ts";
import { patternsOf, START_BYTES } from "./spellings.ts";

/** A shorter value would blank out ordinary words, and each blank would confirm a guess. */
const SECRET_MIN_BYTES = 6;

/** A redactor fed in pieces: the same text comes out wherever the pieces were cut. */
export interface RedactionStream {
  /** What is certain so far. */
  push(chunk: Uint8Array): Buffer;
  /** The rest. */
  end(): Buffer;
}

/**
 * Replaces registered secrets, in every spelling of spellings.ts, by `[secret <4 hex of the fingerprint>]`. Works on
 * bytes, before any decoding. Not covered, by design: a value that was compressed, reversed or printed in parts.
 */
export class Redactor {
  private readonly needles = new NeedleIndex();
  private readonly known = new Set<string>();
  private maxBytes = 0;

  /**
   * `fingerprint` is hex. A value of several lines is also known line by line. Refused: fewer than 6 bytes, or blank;
   * the caller must not go on with such a secret.
   */
  register(secret: string, fingerprint: string): "registered" | "refused" {
    if (Buffer.byteLength(secret) < SECRET_MIN_BYTES || secret.trim() === "") return "refused";
    if (this.known.has(secret)) return "registered";
    this.known.add(secret);
    const mask = `[secret ${fingerprint.slice(0, 4)}]`;
    if (secret.includes("\n")) this.registerLines(secret, mask);
    else this.registerPatterns(secret, mask);
    return "registered";
  }

  private registerLines(secret: string, mask: string): void {
    const lines = secret.split(/\r?\n/).filter((line) => Buffer.byteLength(line) >= SECRET_MIN_BYTES);
    for (const literal of new Set([...lines.flatMap(literalsOfLine), ...base64Windows(secret)])) {
      this.maxBytes = Math.max(this.maxBytes, literal.length);
      this.needles.add({ find: literal, mask, rank: Number.NEGATIVE_INFINITY }, [
        literal.slice(0, START_BYTES),
      ]);
    }
  }

  private registerPatterns(secret: string, mask: string): void {
    // The longer secret names the mask where two begin together.
    const rank = -Buffer.byteLength(secret);
    for (const { source, maxBytes, starts } of patternsOf(secret)) {
      this.maxBytes = Math.max(this.maxBytes, maxBytes);
      const find = new RegExp(source, "y");
      this.needles.add(
        { find, mask, rank },
        starts.map((start) => start.text),
      );
    }
  }

  text(text: string): string {
    const bytes = Buffer.from(text, "utf8");
    const spans = this.spansIn(bytes);
    return spans.length === 0 ? text : withMasks(bytes, spans).toString("utf8");
  }

  /**
   * Every string of a value, keys included. What JSON does not have (bytes, dates, maps, errors, what would write itself)
   * becomes a mark with its kind: nobody has looked into it.
   */
  json<T extends Json>(value: T): T;
  json(value: unknown): Json;
  json(value: unknown): Json {
    return this.masked(value, 0);
  }

  private masked(value: unknown, depth: number): Json {
    if (typeof value === "string") return this.text(value);
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "number") return this.numeral(value);
    if (depth > DEPTH_MAX) return dropped("too deep");
    if (Array.isArray(value)) return value.map((element: unknown) => this.masked(element, depth + 1));
    if (!isPlain(value)) return dropped(kindOf(value));
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [this.text(key), this.masked(member, depth + 1)]),
    );
  }

  /** A secret of digits only is one as a number as well. */
  private numeral(value: number): Json {
    const text = String(value);
    const seen = this.text(text);
    return seen === text ? value : seen;
  }

  stream(): RedactionStream {
    let pending = Buffer.alloc(0);
    const push = (chunk: Uint8Array): Buffer => {
      const bytes = Buffer.concat([pending, chunk]);
      // A match that starts before this point has been seen whole, whatever comes next; from there on only what may be
      // the begin of one is held back, so that a short line is told when it ends and not with the next ones.
      let certain = this.needles.mayBegin(bytes, Math.max(0, bytes.length - this.maxBytes + 1));
      const spans = this.spansIn(bytes);
      const open = spans.find((span) => span.start < certain && span.end > certain);
      if (open) certain = open.start;
      // A copy: a view would keep the whole piece for the few bytes that are held back.
      pending = Buffer.from(bytes.subarray(certain));
      return withMasks(
        bytes.subarray(0, certain),
        spans.filter((span) => span.end <= certain),
      );
    };
    const end = (): Buffer => {
      const out = withMasks(pending, this.spansIn(pending));
      pending = Buffer.alloc(0);
      return out;
    };
    return { push, end };
  }

  /** Where anything secret stands; spans that overlap are one, so that no tail of either is left. */
  private spansIn(bytes: Buffer): NeedleMatch[] {
    return this.needles.find(bytes).reduce<NeedleMatch[]>((merged, span) => {
      const last = merged.at(-1);
      if (last === undefined || span.start >= last.end) merged.push({ ...span });
      else last.end = Math.max(last.end, span.end);
      return merged;
    }, []);
  }
}

/** The bytes themselves where nothing is masked, else new ones. */
function withMasks(bytes: Buffer, spans: readonly NeedleMatch[]): Buffer {
  if (spans.length === 0) return bytes;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, mask } of spans) {
    pieces.push(bytes.subarray(at, start), Buffer.from(mask, "latin1"));
    at = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(at)]);
}

/** Deeper than anything that an API answers or a plan holds; a value that contains itself ends here. */
const DEPTH_MAX = 64;

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) &&
    typeof Object.getOwnPropertyDescriptor(value, "toJSON")?.value !== "function"
  );
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor.name : typeof value;
}

function dropped(kind: string): string {
  return `[dropped: ${kind}]`;
}
