import { certainBase64 } from "./literals.ts";

/** A pattern over bytes written as latin1 characters, with the length in bytes of its longest match. */
export interface Pattern {
  source: string;
  maxBytes: number;
}

// Colour codes may be printed inside a value; base64 may be wrapped.
const COLOUR: Pattern = { source: "(?:\\x1b\\[[0-9;]{0,16}m)?", maxBytes: 19 };
const COLOUR_OR_WRAP: Pattern = { source: "(?:\\x1b\\[[0-9;]{0,16}m|\\r?\\n)?", maxBytes: 19 };

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
  const offsets = [0, 1, 2].map((offset) => base64Pattern(bytes, offset));
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
  const raw = { source: escaped(bytes.toString("latin1")), maxBytes: bytes.length };
  const percent = joined(
    [...bytes.toString("hex").matchAll(/../g)].map(([pair]) => ({
      source: `%${eitherCase(pair).source}`,
      maxBytes: 3,
    })),
  );
  if (/^[A-Za-z0-9_-]$/.test(char)) return [raw, percent];
  return [...backslashed(char, raw), percent, ...entities(char), ...(char === " " ? [literal("+")] : [])];
}

// JSON, JSON inside JSON, and the shell's own quoting all put backslashes before a character.
function backslashed(char: string, raw: Pattern): Pattern[] {
  const units = char.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  const unicode = joined(
    units.map((hex) => ({ source: `\\\\{1,4}u${eitherCase(hex).source}`, maxBytes: 9 })),
  );
  // Runs of 1, 2 or 4 only: a pattern of nested repetitions could be made to search for ever.
  if (char === "\\") return [literal("\\\\\\\\"), literal("\\\\"), raw, unicode];
  const short = { "\n": "n", "\r": "r", "\t": "t" }[char];
  const named = short === undefined ? [] : [{ source: `\\\\{1,4}${short}`, maxBytes: 5 }];
  const quoted = char === "'" ? [literal("'\\''"), literal(`'"'"'`)] : [];
  return [...quoted, { source: `\\\\{0,7}${raw.source}`, maxBytes: raw.maxBytes + 7 }, ...named, unicode];
}

function entities(char: string): Pattern[] {
  const code = char.codePointAt(0) ?? 0;
  const name = HTML_NAMES[char];
  return [
    ...(name === undefined ? [] : [literal(`&${name};`)]),
    { source: `&#0{0,4}${code};`, maxBytes: 15 },
    { source: `&#[xX]0{0,4}${eitherCase(code.toString(16)).source};`, maxBytes: 15 },
  ];
}

/** The value's base64 inside a longer text, also wrapped, URL-safe or percent-encoded. */
function base64Pattern(bytes: Buffer, offset: number): Pattern {
  const characters = certainBase64(bytes, offset)
    .split("")
    .map((char): Pattern => {
      if (char === "+") return { source: "(?:[+-]|%2[bB])", maxBytes: 3 };
      if (char === "/") return { source: "(?:\\\\?[/_]|%2[fF])", maxBytes: 3 };
      return literal(char);
    });
  return joined(characters, COLOUR_OR_WRAP);
}

function literal(text: string): Pattern {
  return { source: escaped(text), maxBytes: text.length };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function eitherCase(text: string): Pattern {
  const source = text.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
  return { source, maxBytes: text.length };
}

function oneOf(patterns: readonly Pattern[]): Pattern {
  return {
    source: `(?:${patterns.map(({ source }) => source).join("|")})`,
    maxBytes: Math.max(...patterns.map(({ maxBytes }) => maxBytes)),
  };
}

function joined(patterns: readonly Pattern[], between: Pattern = { source: "", maxBytes: 0 }): Pattern {
  return {
    source: patterns.map(({ source }) => source).join(between.source),
    maxBytes: patterns.reduce((sum, { maxBytes }) => sum + maxBytes + between.maxBytes, 0),
  };
}
