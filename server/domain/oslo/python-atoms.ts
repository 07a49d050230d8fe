import type { ExpressionNode } from "./expression-node.ts";
import { PythonError } from "./python-error.ts";
import type { PythonToken } from "./python-tokens.ts";

/** A number token as Python reads it; the lexer has refused malformed ones. */
export function parseNumber(token: string): ExpressionNode {
  const text = token.replaceAll("_", "");
  if (/^0[xXoObB]/.test(text)) return { kind: "int", value: BigInt(text.toLowerCase()) };
  if (/[jJ]$/.test(text)) return { kind: "imaginary", value: Number(text.slice(0, -1)) };
  if (/[.eE]/.test(text)) return { kind: "float", value: Number(text) };
  return { kind: "int", value: BigInt(text) };
}

type StringToken = Extract<PythonToken, { kind: "string" }>;

/** Adjacent string tokens are joined; an f-string makes the whole no literal. */
export function parseStrings(tokens: readonly StringToken[]): ExpressionNode {
  const isBytes = tokens.some((token) => token.prefix.includes("b"));
  if (isBytes && tokens.some((token) => !token.prefix.includes("b"))) {
    throw new PythonError("SyntaxError", "cannot mix bytes and nonbytes literals");
  }
  let value = "";
  for (const token of tokens) value += readBody(token);
  if (tokens.some((token) => token.prefix.includes("f"))) return { kind: "other", name: null };
  return { kind: isBytes ? "bytes" : "string", value };
}

const SIMPLE_ESCAPES: Record<string, string> = {
  "\n": "", "\\": "\\", "'": "'", '"': '"',
  a: "\u0007", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v",
}; // prettier-ignore

const HEX_LENGTHS: Record<string, number> = { x: 2, u: 4, U: 8 };

function readBody(token: StringToken): string {
  const isBytes = token.prefix.includes("b");
  if (isBytes && /[\u0080-\uffff]/.test(token.body)) {
    throw new PythonError("SyntaxError", "bytes can only contain ASCII literal characters");
  }
  if (token.prefix.includes("r") || !token.body.includes("\\")) return token.body;
  return token.body.replaceAll(ESCAPE, (whole) => readEscape(whole, isBytes));
}

/** A backslash with octal digits, or with any character and the hexadecimal digits after it. */
const ESCAPE = /\\(?:[0-7]{1,3}|[\s\S][0-9a-fA-F]{0,8})/g;

function readEscape(whole: string, isBytes: boolean): string {
  const letter = whole.charAt(1);
  const rest = whole.slice(2);
  if (/[0-7]/.test(letter)) {
    const code = Number.parseInt(whole.slice(1), 8);
    return String.fromCharCode(isBytes ? code & 0xff : code);
  }
  const simple = SIMPLE_ESCAPES[letter];
  if (simple !== undefined) return simple + rest;
  const length = HEX_LENGTHS[letter];
  if (length === undefined || (isBytes && letter !== "x")) return whole;
  const code = Number.parseInt(rest.slice(0, length), 16);
  if (rest.length < length || code > 0x10ffff) {
    throw new PythonError("SyntaxError", "truncated escape in a string literal");
  }
  return String.fromCodePoint(code) + rest.slice(length);
}
