import { YAML_MAX_DEPTH } from "./limits.ts";
import type { Position } from "./runbook.ts";
import type { YamlNode } from "./yaml.ts";

/**
 * The YAML that runbooks are nearly always written in: keys and values on lines of their own, lists with hyphens,
 * braces and brackets within a line, words and quoted texts without escapes. What is in any way unusual is not read
 * here: then the answer is null, and the library reads it. Reads a mebibyte in some 20 ms where the library takes a
 * second; that both read the same is tested.
 */
export function readPlainYaml(text: string, firstLine: number): YamlNode | null {
  if (!text.isWellFormed() || UNUSUAL.test(text)) return null;
  const reader = new PlainReader(text.split("\n"), firstLine);
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof Unusual) return null;
    throw error;
  }
}

type Entries = Map<string, { keyAt: Position; value: YamlNode }>;

/**
 * Tabs, carriage returns, marks that show nothing, and comments, which begin a line or stand behind white space. The
 * same marks inside quotes are rare enough to be left to the library.
 */
const UNUSUAL = /[\t\r\uFEFF\u0085\u2028\u2029]|(?:^|\s)#/;
const KEY = /^([A-Za-z_][A-Za-z0-9_.-]*):(?: +|$)/;
/** Letters first, or digits that are told apart below; nothing that means something else further in. */
const WORD = /^[A-Za-z0-9_/.(][^:#]*$|^[A-Za-z0-9_/.(](?:[^:#]|:(?! |$)|#)*$/;
const FLOW_WORD = /^[A-Za-z0-9_/.(][^:#,[\]{}"'&*!|>%@`]*/;
const NUMBER = /^[-+]?\.?[0-9]/;
const NO_NUMBER_AT_ALL = /^[-+]?\.(?:inf|nan)$/i;
const NOT_A_NUMBER = /[^0-9.eExXoOa-fA-F_+-]/;
const SPECIAL = new Set(["~", "null", "Null", "NULL", "True", "TRUE", "False", "FALSE"]);

class Unusual extends Error {
  override readonly name = "Unusual";
}

class PlainReader {
  readonly #lines: readonly string[];
  readonly #firstLine: number;
  #at = 0;

  constructor(lines: readonly string[], firstLine: number) {
    this.#lines = lines;
    this.#firstLine = firstLine;
  }

  read(): YamlNode {
    this.#skipBlank();
    if (this.#at >= this.#lines.length) throw new Unusual();
    const node = this.#block(0, 0);
    this.#skipBlank();
    if (this.#at < this.#lines.length) throw new Unusual();
    return node;
  }

  /** The block whose lines are indented by exactly this much. */
  #block(indent: number, depth: number): YamlNode {
    if (depth > YAML_MAX_DEPTH) throw new Unusual();
    const line = this.#lines[this.#at] ?? "";
    if (indentOf(line) !== indent) throw new Unusual();
    return line.startsWith("- ", indent) ? this.#list(indent, depth) : this.#map(indent, depth);
  }

  #list(indent: number, depth: number): YamlNode {
    const items: YamlNode[] = [];
    const at = this.#place(indent);
    for (;;) {
      const line = this.#lines[this.#at] ?? "";
      let start = indent + 2;
      while (line[start] === " ") start += 1;
      if (start >= line.length) throw new Unusual();
      if (KEY.test(line.slice(start))) items.push(this.#map(start, depth + 1));
      else items.push(this.#valueIn(line, start, indent));
      this.#skipBlank();
      const next = this.#lines[this.#at];
      if (next === undefined || indentOf(next) < indent) return { kind: "list", at, items };
      if (indentOf(next) !== indent || !next.startsWith("- ", indent)) throw new Unusual();
    }
  }

  /** A mapping; its first line may stand behind a hyphen. */
  #map(indent: number, depth: number): YamlNode {
    if (depth > YAML_MAX_DEPTH) throw new Unusual();
    const entries: Entries = new Map();
    const at = this.#place(indent);
    for (;;) {
      const line = this.#lines[this.#at] ?? "";
      const match = KEY.exec(line.slice(indent));
      const key = match?.[1] ?? "";
      if (match === null || entries.has(key) || isUnusualKey(key)) throw new Unusual();
      const keyAt = this.#place(indent);
      const start = indent + match[0].length;
      const value = start >= line.length ? this.#below(indent, depth) : this.#valueIn(line, start, indent);
      entries.set(key, { keyAt, value });
      this.#skipBlank();
      const next = this.#lines[this.#at];
      if (next === undefined || indentOf(next) < indent) return { kind: "map", at, entries };
      if (indentOf(next) !== indent) throw new Unusual();
      if (next.startsWith("- ", indent)) throw new Unusual();
    }
  }

  #below(indent: number, depth: number): YamlNode {
    this.#at += 1;
    this.#skipBlank();
    const next = this.#lines[this.#at];
    if (next === undefined || indentOf(next) <= indent) throw new Unusual();
    return this.#block(indentOf(next), depth + 1);
  }

  /** A value that ends with its line; what is indented deeper below it would belong to it. */
  #valueIn(line: string, start: number, indent: number): YamlNode {
    const value = this.#inline(line, start);
    this.#at += 1;
    this.#skipBlank();
    const next = this.#lines[this.#at];
    if (next !== undefined && indentOf(next) > indent) throw new Unusual();
    return value;
  }

  #inline(line: string, start: number): YamlNode {
    const first = line[start];
    if (first === "{" || first === "[") {
      const { node, end } = this.#flow(line, start, 1);
      if (line.slice(end).trim() !== "") throw new Unusual();
      return node;
    }
    if (first === '"' || first === "'") {
      const { node, end } = this.#quoted(line, start);
      if (line.slice(end).trim() !== "") throw new Unusual();
      return node;
    }
    const word = line.slice(start).trimEnd();
    if (!WORD.test(word)) throw new Unusual();
    return this.#scalar(word, start);
  }

  #flow(line: string, start: number, depth: number): { node: YamlNode; end: number } {
    if (depth > YAML_MAX_DEPTH) throw new Unusual();
    const at = this.#place(start);
    const isMap = line[start] === "{";
    const close = isMap ? "}" : "]";
    const entries: Entries = new Map();
    const items: YamlNode[] = [];
    let index = skipSpaces(line, start + 1);
    while (line[index] !== close) {
      if (isMap) {
        const key = /^([A-Za-z_][A-Za-z0-9_.-]*): +/.exec(line.slice(index, index + 200));
        const name = key?.[1] ?? "";
        if (!key || entries.has(name) || isUnusualKey(name)) throw new Unusual();
        const keyAt = this.#place(index);
        const { node, end } = this.#flowValue(line, index + key[0].length, depth);
        entries.set(name, { keyAt, value: node });
        index = end;
      } else {
        const { node, end } = this.#flowValue(line, index, depth);
        items.push(node);
        index = end;
      }
      index = skipSpaces(line, index);
      if (line[index] === close) break;
      if (line[index] !== ",") throw new Unusual();
      index = skipSpaces(line, index + 1);
      if (line[index] === close) throw new Unusual();
    }
    return { node: isMap ? { kind: "map", at, entries } : { kind: "list", at, items }, end: index + 1 };
  }

  #flowValue(line: string, start: number, depth: number): { node: YamlNode; end: number } {
    const first = line[start];
    if (first === "{" || first === "[") return this.#flow(line, start, depth + 1);
    if (first === '"' || first === "'") return this.#quoted(line, start);
    const word = FLOW_WORD.exec(line.slice(start))?.[0];
    if (word === undefined || !/^[,\]}]/.test(line.slice(start + word.length, start + word.length + 1)))
      throw new Unusual();
    return { node: this.#scalar(word.trimEnd(), start), end: start + word.length };
  }

  #quoted(line: string, start: number): { node: YamlNode; end: number } {
    const quote = line[start] ?? '"';
    const close = line.indexOf(quote, start + 1);
    if (close === -1) throw new Unusual();
    const value = line.slice(start + 1, close);
    const isEscaped = quote === '"' ? value.includes("\\") : line[close + 1] === "'";
    if (isEscaped) throw new Unusual();
    const node: YamlNode = {
      kind: "scalar",
      at: this.#place(start),
      value,
      textAt: this.#place(start + 1),
      isFolded: false,
    };
    return { node, end: close + 1 };
  }

  #scalar(word: string, start: number): YamlNode {
    const at = this.#place(start);
    const textAt = at;
    if (word === "true" || word === "false")
      return { kind: "scalar", at, value: word === "true", textAt, isFolded: false };
    if (word === "null") return { kind: "scalar", at, value: null, textAt, isFolded: false };
    if (/^(?:0|[1-9][0-9]{0,14})$/.test(word))
      return { kind: "scalar", at, value: Number(word), textAt, isFolded: false };
    // No number has two dots: 8.8.8.8 is a text.
    const mayBeNumber = NUMBER.test(word) && !NOT_A_NUMBER.test(word) && !/\..*\./.test(word);
    if (SPECIAL.has(word) || mayBeNumber || NO_NUMBER_AT_ALL.test(word)) throw new Unusual();
    return { kind: "scalar", at, value: word, textAt, isFolded: false };
  }

  #skipBlank(): void {
    while (this.#at < this.#lines.length && (this.#lines[this.#at] ?? "").trim() === "") this.#at += 1;
  }

  #place(column: number): Position {
    return { line: this.#firstLine + this.#at, column: column + 1 };
  }
}

/** Words that YAML does not read as texts, and the one that no record can hold. */
function isUnusualKey(key: string): boolean {
  return SPECIAL.has(key) || ["__proto__", "true", "false"].includes(key);
}

function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === " ") indent += 1;
  return indent;
}

function skipSpaces(line: string, from: number): number {
  let index = from;
  while (line[index] === " ") index += 1;
  return index;
}
