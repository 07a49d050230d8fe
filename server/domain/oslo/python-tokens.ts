import { PythonError } from "./python-error.ts";

export type PythonToken =
  | { kind: "name"; text: string }
  | { kind: "number"; text: string }
  | { kind: "string"; prefix: string; body: string }
  | { kind: "operator"; text: string }
  | { kind: "end" };

/** Longest first, so that "**" is not read as two "*". "!" stands only in "!=". */
const OPERATORS = [
  "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=",
  "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ".", "=",
]; // prettier-ignore

const NAME = /[\p{XID_Start}_][\p{XID_Continue}]*/uy;
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][-+]?\d(?:_?\d)*)?[jJ]?/y;
const STRING_START = /([rR]|[bB]|[uU]|[fF]|[rR][bBfF]|[bBfF][rR])?('''|"""|'|")/y;
/** Words that may follow a number without a space (CPython's verify_end_of_number). */
const AFTER_NUMBER = /(?:and|else|for|if|in|is|not|or)/y;

/**
 * Splits the left side of a check into Python tokens. It holds no colon (the check was split there), which
 * rules out lambda, slices, dict displays with items and named expressions.
 */
export function lexPython(source: string): PythonToken[] {
  const text = source.replace(/^[ \t]+/, "");
  const tokens: PythonToken[] = [];
  let index = 0;
  while (index < text.length) {
    const character = text[index] ?? "";
    if (character === " " || character === "\t" || character === "\f") {
      index += 1;
      continue;
    }
    if (character === "#") break;
    const read =
      readString(text, index) ??
      readName(text, index) ??
      readNumber(text, index) ??
      readOperator(text, index);
    if (read === null) throw new PythonError("SyntaxError", "invalid syntax");
    tokens.push(read.token);
    index = read.end;
  }
  tokens.push({ kind: "end" });
  return tokens;
}

interface Read {
  token: PythonToken;
  end: number;
}

function matchAt(expression: RegExp, text: string, index: number): RegExpExecArray | null {
  expression.lastIndex = index;
  return expression.exec(text);
}

function readName(text: string, index: number): Read | null {
  const match = matchAt(NAME, text, index);
  return match === null ? null : { token: { kind: "name", text: match[0] }, end: index + match[0].length };
}

function readNumber(text: string, index: number): Read | null {
  const match = matchAt(NUMBER, text, index);
  if (match === null || match[0] === "" || match[0] === ".") return null;
  const number = match[0];
  const end = index + number.length;
  const isWordNext = matchAt(NAME, text, end) !== null || /[\d_]/.test(text[end] ?? "");
  const isRadixCut = number === "0" && /[xXoObB]/.test(text[end] ?? "");
  if (isRadixCut || (isWordNext && matchAt(AFTER_NUMBER, text, end) === null)) {
    throw new PythonError("SyntaxError", "invalid decimal literal");
  }
  if (/^0[\d_]*[1-9]/.test(number) && /^[\d_]+$/.test(number)) {
    throw new PythonError("SyntaxError", "leading zeros in decimal integer literals are not permitted");
  }
  return { token: { kind: "number", text: number }, end };
}

function readString(text: string, index: number): Read | null {
  const match = matchAt(STRING_START, text, index);
  if (match === null) return null;
  const [whole, prefix = "", quote = ""] = match;
  const start = index + whole.length;
  for (let end = start; end < text.length; end += 1) {
    if (text[end] === "\\") end += 1;
    else if (text.startsWith(quote, end)) {
      const token: PythonToken = {
        kind: "string",
        prefix: prefix.toLowerCase(),
        body: text.slice(start, end),
      };
      return { token, end: end + quote.length };
    } else if (text[end] === "\n" && quote.length === 1) break;
  }
  throw new PythonError("SyntaxError", "unterminated string literal");
}

function readOperator(text: string, index: number): Read | null {
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, index));
  return operator === undefined
    ? null
    : { token: { kind: "operator", text: operator }, end: index + operator.length };
}
