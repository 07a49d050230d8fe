import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { DocumentFault, Place, PolicyEntry } from "./policy-entry.ts";

type Report = (fault: DocumentFault) => void;

interface Reader {
  place: (node: Node) => Place;
  text: string;
  report: Report;
}

/** Reads any YAML by the library, in the version that PyYAML reads (1.1), and adds what is wrong to `faults`. */
export function findYamlEntries(text: string, faults: DocumentFault[]): PolicyEntry[] {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const error = (at: Place, says: string) => void faults.push({ at, code: "yaml", severity: "error", says });
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      version: "1.1",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
    });
    const [first] = document.errors;
    if (first !== undefined) {
      error(
        place(first.pos[0]),
        `This is not YAML: ${first.message.slice(0, 200)}. No rule of the file is read.`,
      );
      return [];
    }
    const root = document.contents;
    if (root === null) return [];
    if (!isMap<Node, Node | null>(root)) {
      error(place(root.range?.[0] ?? 0), "A policy is a mapping of rules by their names. No rule is read.");
      return [];
    }
    const reader: Reader = {
      place: (node) => place(node.range?.[0] ?? 0),
      text,
      report: (fault) => void faults.push(fault),
    };
    return root.items.flatMap((pair) => readEntry(reader, pair));
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    error({ line: 1, column: 1 }, "The file is nested too deeply. No rule of it is read.");
    return [];
  }
}

function readEntry(reader: Reader, { key, value }: Pair<Node, Node | null>): PolicyEntry[] {
  const at = reader.place(key);
  if (!isScalar(key) || typeof key.value !== "string") {
    const says = "The name of a rule is a text. Put it in quotes. This rule is not read.";
    reader.report({ at, code: "yaml", severity: "error", says });
    return [];
  }
  const name = key.value;
  if (value === null) return [{ name, value: null, at, valueAt: at, textAt: null }];
  const valueAt = reader.place(value);
  reportUnusual(reader, value);
  const isExact = isScalar(value) && typeof value.value === "string" && isVerbatim(reader, value);
  const textAt = isExact ? afterQuote(value, valueAt) : null;
  return [{ name, value: plainOf(value), at, valueAt, textAt }];
}

/** Tags, anchors and aliases are read, but nobody reading the line sees what the rule is. */
function reportUnusual(reader: Reader, value: Node): void {
  const isAnchored = "anchor" in value && value.anchor !== undefined;
  const isTagged = value.tag !== undefined && value.tag.startsWith("!");
  if (!isAlias(value) && !isAnchored && !isTagged) return;
  const says =
    "Anchors, aliases and tags hide what the rule is: a lone ! is an empty rule, which allows. Write it out.";
  reader.report({ at: reader.place(value), code: "yaml_unusual", severity: "error", says });
}

/** The characters of the file are those of the rule, from the first on. */
function isVerbatim({ text }: Reader, node: Node): boolean {
  if (!isScalar(node) || typeof node.value !== "string") return false;
  const start = (node.range?.[0] ?? 0) + (isQuoted(node.type) ? 1 : 0);
  return text.startsWith(node.value, start);
}

function afterQuote(node: Node, at: Place): Place {
  const isInQuotes = isScalar(node) && isQuoted(node.type);
  return { line: at.line, column: at.column + (isInQuotes ? 1 : 0) };
}

const isQuoted = (type: unknown) => type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";

/** Deep enough for the old list form; what is deeper is no rule. */
const MAX_LIST_DEPTH = 8;

function plainOf(node: unknown, depth = 0): unknown {
  if (isScalar(node)) return node.value;
  if (depth > MAX_LIST_DEPTH) return null;
  if (isSeq(node)) return node.items.map((item) => plainOf(item, depth + 1));
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [String(plainOf(key, depth + 1)), plainOf(value, depth + 1)]),
    );
  }
  // An alias: told about already, and refused.
  return true;
}
