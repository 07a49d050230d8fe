import { certainBase64, OFFSETS } from "./literals.ts";

/** How a match begins: its first bytes, and whether it may be over with them. */
export interface Start {
  text: string;
  isWhole: boolean;
}

/** A pattern over bytes written as latin1 characters. */
export interface Pattern {
  source: string;
  /** Length of its longest match. */
  maxBytes: number;
  /** Every match begins with one of these. */
  starts: readonly Start[];
}

/** Bytes of a start that are looked at: of four, a pattern with many spellings would have too many. */
export const START_BYTES = 3;

const whole = (text: string): Start => ({ text, isWhole: true });
const begun = (text: string): Start => ({ text, isWhole: false });

// Colour codes may be printed inside a value; base64 may be wrapped.
const COLOUR: Pattern = {
  source: "(?:\\x1b\\[[0-9;]{0,16}m)?",
  maxBytes: 19,
  starts: [whole(""), begun("\x1b[")],
};
const COLOUR_OR_WRAP: Pattern = {
  source: "(?:\\x1b\\[[0-9;]{0,16}m|\\r?\\n)?",
  maxBytes: 19,
  starts: [whole(""), begun("\x1b["), whole("\n"), whole("\r\n")],
};
const NOTHING: Pattern = { source: "", maxBytes: 0, starts: [whole("")] };

const HTML_NAMES: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/**
 * Every way a tool is known to write a value: as it is, percent-encoded in either case, with a plus for a space,
 * JSON-escaped (also twice), as HTML entities, shell-quoted, in hex, and in base64 at each of the three offsets.
 */
export function patternsOf(value: string): Pattern[] {
  const bytes = Buffer.from(value, "utf8");
  const offsets = OFFSETS.map((offset) => base64Pattern(bytes, offset));
  return [
    joined(
      Array.from(value, (char) => oneOf(spellingsOf(char))),
      COLOUR,
    ),
    joined(bytes.toString("hex").split("").map(eitherCase), COLOUR),
    ...offsets,
  ];
}

function spellingsOf(char: string): Pattern[] {
  const bytes = Buffer.from(char, "utf8");
  const raw = literal(bytes.toString("latin1"));
  const percent = joined(
    [...bytes.toString("hex").matchAll(/../g)].map(([pair]) => joined([literal("%"), eitherCase(pair)])),
  );
  if (/^[A-Za-z0-9_-]$/.test(char)) return [raw, percent];
  return [...backslashed(char, raw), percent, ...entities(char), ...(char === " " ? [literal("+")] : [])];
}

// JSON, JSON inside JSON, and the shell's own quoting all put backslashes before a character.
function backslashed(char: string, raw: Pattern): Pattern[] {
  const units = char.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  const unicode = joined(units.map((hex) => joined([backslashes(1, 4), literal("u"), eitherCase(hex)])));
  // Runs of 1, 2 or 4 only: a pattern of nested repetitions could be made to search for ever.
  if (char === "\\") return [literal("\\\\\\\\"), literal("\\\\"), raw, unicode];
  const short = { "\n": "n", "\r": "r", "\t": "t" }[char];
  const named = short === undefined ? [] : [joined([backslashes(1, 4), literal(short)])];
  const quoted = char === "'" ? [literal("'\\''"), literal(`'"'"'`)] : [];
  return [...quoted, joined([backslashes(0, 7), raw]), ...named, unicode];
}

function backslashes(min: number, max: number): Pattern {
  const runs = Array.from({ length: max - min + 1 }, (_, index) => "\\".repeat(min + index));
  return { source: `\\\\{${min},${max}}`, maxBytes: max, starts: runs.map(whole) };
}

function entities(char: string): Pattern[] {
  const code = Number(char.codePointAt(0));
  const name = HTML_NAMES[char];
  return [
    ...(name === undefined ? [] : [literal(`&${name};`)]),
    joined([literal("&#"), ZEROS, literal(`${code};`)]),
    joined([literal("&#"), eitherCase("x"), ZEROS, eitherCase(code.toString(16)), literal(";")]),
  ];
}

const ZEROS: Pattern = { source: "0{0,4}", maxBytes: 4, starts: ["", "0", "00", "000", "0000"].map(whole) };

/** The value's base64 inside a longer text, also wrapped, URL-safe or percent-encoded. */
function base64Pattern(bytes: Buffer, offset: (typeof OFFSETS)[number]): Pattern {
  const characters = certainBase64(bytes, offset)
    .split("")
    .map((char): Pattern => {
      if (char === "+") return oneOf(["+", "-", "%2b", "%2B"].map(literal));
      if (char === "/") return oneOf(["/", "_", "\\/", "\\_", "%2f", "%2F"].map(literal));
      return literal(char);
    });
  return joined(characters, COLOUR_OR_WRAP);
}

function literal(text: string): Pattern {
  return { source: escaped(text), maxBytes: text.length, starts: [whole(text)] };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function eitherCase(text: string): Pattern {
  const source = text.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
  const starts = text
    .slice(0, START_BYTES)
    .split("")
    .reduce<string[]>(
      (before, char) =>
        before.flatMap((begin) =>
          [...new Set([char.toLowerCase(), char.toUpperCase()])].map((c) => begin + c),
        ),
      [""],
    );
  return { source, maxBytes: text.length, starts: starts.map(text.length > START_BYTES ? begun : whole) };
}

function oneOf(patterns: readonly Pattern[]): Pattern {
  return {
    source: `(?:${patterns.map(({ source }) => source).join("|")})`,
    maxBytes: Math.max(...patterns.map(({ maxBytes }) => maxBytes)),
    starts: patterns.flatMap(({ starts }) => starts),
  };
}

function joined(patterns: readonly Pattern[], between: Pattern = NOTHING): Pattern {
  const parts = patterns.flatMap((pattern, index) => (index === 0 ? [pattern] : [between, pattern]));
  return {
    source: parts.map(({ source }) => source).join(""),
    maxBytes: parts.reduce((sum, { maxBytes }) => sum + maxBytes, 0),
    starts: startsOf(parts),
  };
}

/** Starts of patterns one after the other: each is carried on while it is short and may have ended. */
function startsOf(parts: readonly Pattern[]): readonly Start[] {
  let starts: readonly Start[] = [whole("")];
  for (const part of parts) {
    if (starts.every(isDecided)) break;
    starts = distinct(
      starts.flatMap((start) =>
        isDecided(start) ? [start] : part.starts.map((next) => cut(start.text + next.text, next.isWhole)),
      ),
    );
  }
  return starts;
}

function isDecided({ text, isWhole }: Start): boolean {
  return !isWhole || text.length >= START_BYTES;
}

function cut(text: string, isWhole: boolean): Start {
  return { text: text.slice(0, START_BYTES), isWhole: isWhole && text.length <= START_BYTES };
}

function distinct(starts: readonly Start[]): Start[] {
  return [...new Map(starts.map((start) => [`${start.isWhole ? 1 : 0}${start.text}`, start])).values()];
}
