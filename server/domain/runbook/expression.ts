import type { Json } from "../canonical/json.ts";
import { parseCidr } from "../tenant/cidr.ts";
import { tokenize, type Token } from "./expression-tokens.ts";
import { EXPRESSION_MAX_LENGTH, LITERAL_MAX_DEPTH } from "./limits.ts";
import { parsePath, type Path } from "./path.ts";

/**
 * The language of expectations and gates. Total: no loops, no calls, no pattern from the document; reading and
 * evaluating take time linear in the text and the value.
 *
 *   expression = path test
 *   test       = "is" literal | "is" "not" literal | "is" "absent" | "exists"
 *              | "matches" ( hex32 | uuid | ipv4 | cidr | name ) | "within" cidr-text
 *              | "in" list | "exactly" list | "contains" literal | "does" "not" "contain" literal
 *              | "count" ( "is" | comparison ) whole-number | comparison number | "all" [ path ] test
 *   literal    = JSON text, number, true, false, null, list, or {{ name }} to be filled in
 */
export interface Expression {
  path: Path;
  test: Test;
}

/** A literal; `hole` waits for a value and compares with nothing until it is filled in. */
export type Literal = { kind: "value"; value: Json } | { kind: "hole"; text: string };

export type Comparison = ">=" | "<=" | ">" | "<";

export const VALUE_CLASSES = ["hex32", "uuid", "ipv4", "cidr", "name"] as const;
export type ValueClass = (typeof VALUE_CLASSES)[number];

export type Test =
  | { kind: "is" | "is_not" | "in" | "exactly" | "contains" | "lacks" | "within"; literal: Literal }
  | { kind: "exists" | "absent" }
  | { kind: "matches"; valueClass: ValueClass }
  | { kind: "compare"; comparison: Comparison; literal: Literal }
  | { kind: "count"; comparison: Comparison | "is"; literal: Literal }
  | { kind: "all"; path: Path; test: Test };

export type ParsedExpression =
  { kind: "ok"; expression: Expression } | { kind: "error"; column: number; says: string };

const TEST_WORDS = ["is", "exists", "matches", "within", "in", "exactly", "contains", "does", "count", "all"];
const COMPARISONS = [">=", "<=", ">", "<"] as const;

/** Reads one expression. Columns start at 1. */
export function parseExpression(text: string): ParsedExpression {
  if (text.length > EXPRESSION_MAX_LENGTH) {
    return {
      kind: "error",
      column: EXPRESSION_MAX_LENGTH + 1,
      says: `An expression has at most ${EXPRESSION_MAX_LENGTH} characters.`,
    };
  }
  const tokens = tokenize(text);
  if (tokens.kind === "error") return tokens;
  const cursor = new Cursor(tokens.tokens, text.length + 1);
  try {
    const path = readPath(cursor, "An expression starts with the path of a value, such as saved.domain_id.");
    const test = readTest(cursor);
    if (cursor.peek()) cursor.fail("The expression is complete before this. Write one assertion per line.");
    return { kind: "ok", expression: { path, test } };
  } catch (error) {
    if (error instanceof Misread) return { kind: "error", column: error.column, says: error.message };
    throw error;
  }
}

class Misread extends Error {
  readonly column: number;
  constructor(column: number, says: string) {
    super(says);
    this.column = column;
  }
}

class Cursor {
  readonly #tokens: readonly Token[];
  readonly #endColumn: number;
  #at = 0;

  constructor(tokens: readonly Token[], endColumn: number) {
    this.#tokens = tokens;
    this.#endColumn = endColumn;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  take(): Token | undefined {
    const token = this.#tokens[this.#at];
    if (token) this.#at += 1;
    return token;
  }

  /** Takes the next token when it is this word or sign. */
  takeText(text: string): boolean {
    const token = this.peek();
    const isIt = (token?.kind === "word" || token?.kind === "sign") && token.text === text;
    if (isIt) this.#at += 1;
    return isIt;
  }

  fail(says: string): never {
    throw new Misread(this.peek()?.column ?? this.#endColumn, says);
  }
}

function readPath(cursor: Cursor, says: string): Path {
  const token = cursor.peek();
  const path = token?.kind === "word" ? parsePath(token.text) : null;
  if (path === null) return cursor.fail(says);
  cursor.take();
  return path;
}

function readTest(cursor: Cursor): Test {
  const comparison = takeComparison(cursor);
  if (comparison) return { kind: "compare", comparison, literal: readNumber(cursor) };
  const token = cursor.peek();
  const word = token?.kind === "word" && TEST_WORDS.includes(token.text) ? token.text : null;
  if (word === null) {
    return cursor.fail(
      "Expected a test: is, is not, is absent, exists, matches, in, exactly, contains, does not contain, all, count, within, >=, <=, > or <.",
    );
  }
  cursor.take();
  switch (word) {
    case "is":
      return readIs(cursor);
    case "exists":
      return { kind: "exists" };
    case "matches":
      return { kind: "matches", valueClass: readClass(cursor) };
    case "within":
      return { kind: "within", literal: readNetwork(cursor) };
    case "in":
      return { kind: "in", literal: readList(cursor) };
    case "exactly":
      return { kind: "exactly", literal: readList(cursor) };
    case "contains":
      return { kind: "contains", literal: readLiteral(cursor, 0) };
    case "does":
      if (!cursor.takeText("not") || !cursor.takeText("contain")) cursor.fail("Write: does not contain.");
      return { kind: "lacks", literal: readLiteral(cursor, 0) };
    case "count":
      return readCount(cursor);
    default:
      return readAll(cursor);
  }
}

function readIs(cursor: Cursor): Test {
  if (cursor.takeText("absent")) return { kind: "absent" };
  const kind = cursor.takeText("not") ? "is_not" : "is";
  return { kind, literal: readLiteral(cursor, 0) };
}

function readAll(cursor: Cursor): Test {
  const token = cursor.peek();
  const hasPath = token?.kind === "word" && !TEST_WORDS.includes(token.text);
  const path = hasPath ? readPath(cursor, "This is not the path of a member.") : [];
  return { kind: "all", path, test: readTest(cursor) };
}

function readCount(cursor: Cursor): Test {
  const comparison = takeComparison(cursor) ?? (cursor.takeText("is") ? "is" : null);
  if (comparison === null) return cursor.fail("Write: count is 2, count >= 1 or count <= 3.");
  const token = cursor.peek();
  const literal = readNumber(cursor);
  if (literal.kind === "value" && !(Number.isInteger(literal.value) && Number(literal.value) >= 0)) {
    throw new Misread(token?.column ?? 1, "A count is a whole number from 0.");
  }
  return { kind: "count", comparison, literal };
}

function readClass(cursor: Cursor): ValueClass {
  const token = cursor.peek();
  const found = VALUE_CLASSES.find((name) => token?.kind === "word" && token.text === name);
  if (!found) return cursor.fail(`Expected one of ${VALUE_CLASSES.join(", ")}.`);
  cursor.take();
  return found;
}

function readNumber(cursor: Cursor): Literal {
  const token = cursor.peek();
  if (token?.kind === "hole" || (token?.kind === "literal" && typeof token.value === "number")) {
    return readLiteral(cursor, 0);
  }
  return cursor.fail("Expected a number.");
}

function readNetwork(cursor: Cursor): Literal {
  const column = cursor.peek()?.column ?? 1;
  const literal = readLiteral(cursor, 0);
  if (literal.kind === "hole") return literal;
  const { value } = literal;
  const isUsable = typeof value === "string" && (value.includes("{{") || !("problem" in parseCidr(value)));
  if (!isUsable) throw new Misread(column, 'Expected a network, such as "10.20.0.0/16".');
  return literal;
}

function readList(cursor: Cursor): Literal {
  const token = cursor.peek();
  if (token?.kind === "hole" || (token?.kind === "sign" && token.text === "[")) return readLiteral(cursor, 0);
  return cursor.fail('Expected a list, such as ["member", "reader"].');
}

function readLiteral(cursor: Cursor, depth: number): Literal {
  const token = cursor.peek();
  if (token?.kind === "hole") {
    cursor.take();
    return { kind: "hole", text: token.text };
  }
  if (token?.kind === "literal") {
    cursor.take();
    return { kind: "value", value: token.value };
  }
  if (!cursor.takeText("["))
    return cursor.fail('Expected a value. Put texts in double quotes, such as "ACTIVE".');
  if (depth >= LITERAL_MAX_DEPTH) cursor.fail(`Lists nest at most ${LITERAL_MAX_DEPTH} deep.`);
  const elements: Json[] = [];
  let hole: Literal | null = null;
  if (cursor.takeText("]")) return { kind: "value", value: elements };
  do {
    const element = readLiteral(cursor, depth + 1);
    if (element.kind === "value") elements.push(element.value);
    else hole ??= element;
  } while (cursor.takeText(","));
  if (!cursor.takeText("]")) cursor.fail('Expected "," or "]".');
  return hole ?? { kind: "value", value: elements };
}

function takeComparison(cursor: Cursor): Comparison | null {
  return COMPARISONS.find((sign) => cursor.takeText(sign)) ?? null;
}
