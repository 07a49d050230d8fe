import type { Json } from "../canonical/json.ts";
import { isIdentifierPart, isIdentifierStart } from "./path.ts";

export type Token = { column: number } & (
  | { kind: "word"; text: string }
  | { kind: "literal"; value: Json }
  /** `{{ ... }}` outside a quoted text: a literal that is filled in later. */
  | { kind: "hole"; text: string }
  | { kind: "sign"; text: ">=" | "<=" | ">" | "<" | "[" | "]" | "," }
);

export type Tokens = { kind: "ok"; tokens: Token[] } | { kind: "error"; column: number; says: string };

type Step = { token: Token; end: number } | { says: string };

const SIGNS = [">=", "<=", ">", "<", "[", "]", ","] as const;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** Cuts an expression into words (paths and keywords), literals and signs, left to right, each character once. */
export function tokenize(text: string): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === " " || text[at] === "\t") {
      at += 1;
      continue;
    }
    const step = next(text, at);
    if ("says" in step) return { kind: "error", column: at + 1, says: step.says };
    tokens.push(step.token);
    at = step.end;
  }
  return { kind: "ok", tokens };
}

function next(text: string, at: number): Step {
  const column = at + 1;
  const char = text[at];
  if (char === '"') return quoted(text, at);
  if (text.startsWith("{{", at)) {
    const close = text.indexOf("}}", at);
    if (close === -1) return { says: 'A "{{" has no "}}" after it.' };
    return { token: { kind: "hole", column, text: text.slice(at, close + 2) }, end: close + 2 };
  }
  const sign = SIGNS.find((candidate) => text.startsWith(candidate, at));
  if (sign) return { token: { kind: "sign", column, text: sign }, end: at + sign.length };
  if (isIdentifierStart(char)) return word(text, at);
  return number(text, at);
}

function quoted(text: string, at: number): Step {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  if (end >= text.length) return { says: "A quoted text is not closed." };
  const value = parseJson(text.slice(at, end + 1));
  if (typeof value !== "string" || !value.isWellFormed()) {
    return { says: "This quoted text is not a JSON string. Write a backslash as two." };
  }
  return { token: { kind: "literal", column: at + 1, value }, end: end + 1 };
}

function word(text: string, at: number): Step {
  const column = at + 1;
  let end = at + 1;
  while (isIdentifierPart(text[end]) || text[end] === ".") end += 1;
  const found = text.slice(at, end);
  if (found === "true" || found === "false") {
    return { token: { kind: "literal", column, value: found === "true" }, end };
  }
  if (found === "null") return { token: { kind: "literal", column, value: null }, end };
  return { token: { kind: "word", column, text: found }, end };
}

function number(text: string, at: number): Step {
  NUMBER.lastIndex = at;
  const found = NUMBER.exec(text)?.[0];
  if (found === undefined) {
    return { says: `"${String.fromCodePoint(text.codePointAt(at) ?? 0x20)}" means nothing here.` };
  }
  const end = at + found.length;
  if (isIdentifierPart(text[end]) || text[end] === ".") {
    return { says: "This is neither a number nor a name. Put texts in double quotes." };
  }
  const value = Number(found);
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    return { says: `${found} is too large to compare exactly.` };
  }
  return { token: { kind: "literal", column: at + 1, value }, end };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller says so with the column.
    return undefined;
  }
}
