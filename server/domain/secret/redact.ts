import type { Json } from "../canonical/json.ts";
import { base64Windows, literalsOfLine, LiteralSet } from "./literals.ts";
import { type Pattern, patternsOf } from "./spellings.ts";

/** A shorter value would blank out ordinary words, and each blank would confirm a guess. */
const SECRET_MIN_BYTES = 6;

interface Needle extends Pattern {
  regexp: RegExp;
  mask: string;
  secretBytes: number;
}

interface Span {
  start: number;
  end: number;
  mask: string;
}

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
  private needles: Needle[] = [];
  private readonly literals = new LiteralSet();
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
    this.maxBytes = Math.max(this.literals.maxBytes, ...this.needles.map(({ maxBytes }) => maxBytes));
    return "registered";
  }

  private registerLines(secret: string, mask: string): void {
    const lines = secret.split(/\r?\n/).filter((line) => Buffer.byteLength(line) >= SECRET_MIN_BYTES);
    for (const literal of [...lines.flatMap(literalsOfLine), ...base64Windows(secret)]) {
      this.literals.add(literal, mask);
    }
  }

  private registerPatterns(secret: string, mask: string): void {
    const secretBytes = Buffer.byteLength(secret);
    const added = patternsOf(secret).map((pattern) => {
      return { ...pattern, regexp: new RegExp(pattern.source, "g"), mask, secretBytes };
    });
    this.needles = [...this.needles, ...added].sort((a, b) => b.secretBytes - a.secretBytes);
  }

  text(text: string): string {
    const latin1 = Buffer.from(text, "utf8").toString("latin1");
    const spans = this.spansIn(latin1);
    if (spans.length === 0) return text;
    return Buffer.from(masked(latin1, spans), "latin1").toString("utf8");
  }

  /** Every string of a value, keys included. */
  json<T extends Json>(value: T): T;
  json(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((element: Json) => this.json(element));
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [this.text(key), this.json(member)]),
    );
  }

  stream(): RedactionStream {
    let pending = "";
    const push = (chunk: Uint8Array): Buffer => {
      pending += Buffer.from(chunk).toString("latin1");
      // A match that starts before this point has been seen whole, whatever comes next.
      let certain = Math.max(0, pending.length - this.maxBytes + 1);
      const spans = this.spansIn(pending);
      const open = spans.find((span) => span.start < certain && span.end > certain);
      if (open) certain = open.start;
      const out = masked(
        pending.slice(0, certain),
        spans.filter((span) => span.end <= certain),
      );
      pending = pending.slice(certain);
      return Buffer.from(out, "latin1");
    };
    const end = (): Buffer => {
      const out = masked(pending, this.spansIn(pending));
      pending = "";
      return Buffer.from(out, "latin1");
    };
    return { push, end };
  }

  /** Where anything secret stands; spans that overlap are one, so that no tail of either is left. */
  private spansIn(latin1: string): Span[] {
    const found: Span[] = this.literals.find(latin1);
    for (const { regexp, mask } of this.needles) {
      regexp.lastIndex = 0;
      for (let match = regexp.exec(latin1); match !== null; match = regexp.exec(latin1)) {
        found.push({ start: match.index, end: match.index + match[0].length, mask });
        regexp.lastIndex = match.index + 1;
      }
    }
    // Stable: of two that start together, the longer secret's comes first and names the mask.
    found.sort((a, b) => a.start - b.start);
    return found.reduce<Span[]>((merged, span) => {
      const last = merged.at(-1);
      if (last === undefined || span.start >= last.end) merged.push({ ...span });
      else last.end = Math.max(last.end, span.end);
      return merged;
    }, []);
  }
}

function masked(latin1: string, spans: readonly Span[]): string {
  let out = "";
  let at = 0;
  for (const { start, end, mask } of spans) {
    out += latin1.slice(at, start) + mask;
    at = end;
  }
  return out + latin1.slice(at);
}
