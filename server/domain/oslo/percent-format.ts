import { MAX_FORMAT_WIDTH } from "./limits.ts";
import { type Conversion, formatNumber } from "./percent-number.ts";
import { PythonError } from "./python-error.ts";
import { findKey, type OsloDict, type OsloValue, pythonRepr, pythonStr } from "./values.ts";

export type Formatted = { kind: "text"; text: string } | { kind: "missing_key"; key: string };

export interface Template {
  /** The text, where it holds no template at all. */
  fixed: string | null;
  /** Null when the target lacks a key; throws the PythonError that Python raises. */
  format: (target: OsloDict) => string | null;
}

const PLAIN_KEY = /^%\(([^()%]+)\)s$/;

/** Reads a template once. Nearly all are a fixed text or one plain key. */
export function compileTemplate(template: string): Template {
  if (!template.includes("%")) return { fixed: template, format: () => template };
  const key = PLAIN_KEY.exec(template)?.[1];
  if (key === undefined) {
    return {
      fixed: null,
      format: (target) => {
        const formatted = formatPercent(template, target);
        return formatted.kind === "text" ? formatted.text : null;
      },
    };
  }
  return {
    fixed: null,
    format: (target) => {
      const value = findKey(target, key);
      return value === undefined ? null : pythonStr(value);
    },
  };
}

/**
 * Python's `template % target` with a mapping on the right (printf-style formatting of the Python library
 * reference). A missing key is an answer; every other mistake throws the PythonError that Python raises.
 */
export function formatPercent(template: string, target: OsloDict): Formatted {
  let text = "";
  let index = 0;
  // The mapping itself is the one argument of conversions without a key, until a key has been used.
  let isArgumentLeft = true;
  while (index < template.length) {
    const percent = template.indexOf("%", index);
    if (percent < 0) return { kind: "text", text: text + template.slice(index) };
    text += template.slice(index, percent);
    if (template[percent + 1] === "%") {
      text += "%";
      index = percent + 2;
      continue;
    }
    const key = readKey(template, percent + 1);
    const value = key === null ? target : findKey(target, key.name);
    if (key !== null && value === undefined) return { kind: "missing_key", key: key.name };
    const { conversion, end } = readConversion(template, key?.end ?? percent + 1);
    if (key === null && !isArgumentLeft) {
      throw new PythonError("TypeError", "not enough arguments for format string");
    }
    isArgumentLeft = false;
    text += convert(conversion, value ?? null);
    index = end;
  }
  return { kind: "text", text };
}

function readKey(template: string, start: number): { name: string; end: number } | null {
  if (template[start] !== "(") return null;
  let depth = 1;
  for (let index = start + 1; index < template.length; index += 1) {
    if (template[index] === "(") depth += 1;
    if (template[index] === ")") depth -= 1;
    if (depth === 0) return { name: template.slice(start + 1, index), end: index + 1 };
  }
  throw new PythonError("ValueError", "incomplete format key");
}

function readConversion(template: string, start: number): { conversion: Conversion; end: number } {
  const rest = template.slice(start, start + 64);
  const match = /^([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.?)/su.exec(rest);
  const [whole = "", flags = "", width = "", precision, letter = ""] = match ?? [];
  if (width === "*" || precision === "*") throw new PythonError("TypeError", "* wants int");
  if (letter === "") throw new PythonError("ValueError", "incomplete format");
  const conversion = {
    flags,
    width: bounded(width === "" ? 0 : Number(width)),
    precision: precision === undefined ? null : bounded(Number(precision)),
    letter,
  };
  return { conversion, end: start + whole.length };
}

function bounded(size: number): number {
  if (size > MAX_FORMAT_WIDTH) throw new PythonError("ValueError", "width too big");
  return size;
}

function convert(conversion: Conversion, value: OsloValue): string {
  switch (conversion.letter) {
    case "s":
      return pad(cut(pythonStr(value), conversion), conversion);
    case "r":
      return pad(cut(pythonRepr(value), conversion), conversion);
    case "a":
      return pad(cut(escapeNonAscii(pythonRepr(value)), conversion), conversion);
    case "c":
      return pad(convertCharacter(value), conversion);
    default:
      return formatNumber(conversion, value);
  }
}

function cut(text: string, { precision }: Conversion): string {
  return precision === null ? text : Array.from(text).slice(0, precision).join("");
}

function pad(text: string, { flags, width }: Conversion): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  return flags.includes("-") ? text + " ".repeat(missing) : " ".repeat(missing) + text;
}

function convertCharacter(value: OsloValue): string {
  if (typeof value === "string" && Array.from(value).length === 1) return value;
  const code = typeof value === "boolean" ? Number(value) : value;
  if (typeof code !== "number" || !Number.isInteger(code)) {
    throw new PythonError("TypeError", "%c requires int or char");
  }
  if (code < 0 || code > 0x10ffff) throw new PythonError("OverflowError", "%c arg not in range(0x110000)");
  return String.fromCodePoint(code);
}

function escapeNonAscii(text: string): string {
  return Array.from(text)
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x80) return character;
      if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
      if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, "0")}`;
      return `\\U${code.toString(16).padStart(8, "0")}`;
    })
    .join("");
}
