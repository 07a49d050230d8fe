import { isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument, type Node } from "yaml";
import type { Json } from "../canonical/json.ts";
import { YAML_MAX_DEPTH } from "./limits.ts";
import type { Position } from "./runbook.ts";

/**
 * The part of YAML 1.2 that a runbook may use: mappings with plain text keys, lists, texts, numbers, true, false,
 * null. Anchors, aliases, merge keys, tags, directives and repeated keys are refused: what a person reads on the line
 * is what runs.
 */
export type YamlNode =
  | { kind: "map"; at: Position; entries: ReadonlyMap<string, { keyAt: Position; value: YamlNode }> }
  | { kind: "list"; at: Position; items: readonly YamlNode[] }
  | {
      kind: "scalar";
      at: Position;
      value: string | number | boolean | null;
      /** Where the characters of a text start: after its quote. Exact for texts on one line without escapes. */
      textAt: Position;
      /** Written with `>`: its lines are not those that a person reads. */
      isFolded: boolean;
    };

/** Says what is wrong and where. */
export type Report = (at: Position, says: string) => void;

const REFUSED: readonly [mark: string, says: string][] = [
  ["&", "Anchors are not allowed: write the value out where it is used."],
  ["*", "Aliases are not allowed: write the value out where it is used."],
  ["!", "Tags are not allowed: put the value in quotes if it is a text."],
  ["%", "Directives are not allowed."],
  ["---", "One fence holds one YAML document: remove this line."],
  ["...", "One fence holds one YAML document: remove this line."],
];

/** Everything that may not be written plainly, by the library. */
export function readAnyYaml(text: string, firstLine: number, report: Report): YamlNode | null {
  const lines = new LineCounter();
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: firstLine + Math.max(line, 1) - 1, column: Math.max(col, 1) };
  };
  const refusal = findRefused(text);
  if (refusal) {
    lines.addNewLine(0);
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
    report(place(refusal.offset), refusal.says);
    return null;
  }
  // Repeated keys are found while converting: the library compares every pair of keys.
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "core",
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const [error] = document.errors;
  if (error) {
    report(place(error.pos[0]), `This is not YAML: ${error.message}.`);
    return null;
  }
  let isSound = true;
  const node = convert(document.contents, place, (at, says) => {
    isSound = false;
    report(at, says);
  });
  return isSound ? node : null;
}

/** The plain JSON value of a node. */
export function plainValue(node: YamlNode): Json {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plainValue);
    case "map":
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainValue(value)]));
  }
}

/** One pass over the tokens before anything is built, so that depth cannot exhaust the stack of the reader. */
function findRefused(text: string): { offset: number; says: string } | null {
  let offset = 0;
  let flowDepth = 0;
  let lineDepth = 0;
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    // Control tokens of the lexer that stand for no character: byte order mark, document start, flow error, scalar.
    if (token === "\u{FEFF}" || token === "\u0002" || token === "\u0018" || token === "\u001f") {
      isContent = token === "\u001f";
      if (token === "\u{FEFF}") offset += 1;
      continue;
    }
    if (!isContent) {
      const refused = REFUSED.find(([mark]) => token.startsWith(mark));
      if (refused) return { offset, says: refused[1] };
      if (token === "{" || token === "[") flowDepth += 1;
      else if (token === "}" || token === "]") flowDepth = Math.max(0, flowDepth - 1);
      else if (token === "-" || token === "?" || token === ":") lineDepth += flowDepth === 0 ? 1 : 0;
      else if (token.startsWith("\n")) lineDepth = 0;
      if (flowDepth > YAML_MAX_DEPTH || lineDepth > YAML_MAX_DEPTH) {
        return { offset, says: `Values nest at most ${YAML_MAX_DEPTH} deep.` };
      }
    }
    isContent = false;
    offset += token.length;
  }
  return null;
}

function convert(node: unknown, place: (offset: number) => Position, report: Report): YamlNode {
  const at = place(offsetOf(node));
  if (isSeq<Node>(node)) {
    return { kind: "list", at, items: node.items.map((item) => convert(item, place, report)) };
  }
  if (isMap<unknown, unknown>(node)) {
    const entries = new Map<string, { keyAt: Position; value: YamlNode }>();
    for (const { key, value } of node.items) {
      const keyAt = place(offsetOf(key));
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== "string" || name === "") report(keyAt, "A key is a plain word.");
      else if (name === "<<") report(keyAt, "Merge keys are not allowed: write the values out.");
      else if (name === "__proto__" || name.includes("{{")) report(keyAt, `"${name}" cannot be a key.`);
      else if (entries.has(name)) report(keyAt, `The key "${name}" stands here twice.`);
      else entries.set(name, { keyAt, value: convert(value, place, report) });
    }
    return { kind: "map", at, entries };
  }
  return convertScalar(node, at, report);
}

function convertScalar(node: unknown, at: Position, report: Report): YamlNode {
  const value: unknown = isScalar(node) ? node.value : null;
  const isQuoted = isScalar(node) && (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE");
  const isLiteral = isScalar(node) && node.type === "BLOCK_LITERAL";
  const isFolded = isScalar(node) && node.type === "BLOCK_FOLDED";
  const textAt = isLiteral
    ? { line: at.line + 1, column: 1 }
    : isQuoted
      ? { line: at.line, column: at.column + 1 }
      : at;
  if (typeof value === "string" && !value.isWellFormed()) {
    report(at, "This text holds half a character (a lone surrogate).");
  } else if (typeof value === "number" && !isExact(value)) {
    report(at, "This number cannot be kept exactly. Put it in quotes if it is a text.");
  } else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return { kind: "scalar", at, value, textAt, isFolded };
  }
  return { kind: "scalar", at, value: null, textAt, isFolded };
}

function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function offsetOf(node: unknown): number {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0;
}
