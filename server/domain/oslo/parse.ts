import type { Check } from "./checks.ts";
import { lexRule, type RuleToken } from "./lex.ts";
import { MAX_DEPTH, MAX_RULE_CHARACTERS } from "./limits.ts";

export interface ParsedRule {
  /** Null when oslo.policy raises while it reads the rule (a number, true): the service does not start. */
  check: Check | null;
  /** Sentences oslo logs as "Failed to understand rule"; empty for a good rule. */
  failures: string[];
}

/** Parses one rule as it stands in a policy file: text, the old list form, or what YAML made of it. */
export function parseRule(rule: unknown): ParsedRule {
  const failures: string[] = [];
  if (typeof rule === "string") return { check: parseText(rule, failures), failures };
  return { check: parseList(rule, failures), failures };
}

/** A check while its rule is read: operands are added in place, so that a long rule costs no copies. */
type Operands = { kind: "and" | "or"; checks: Built[] };
type Built = Exclude<Check, { kind: "and" | "or" | "not" }> | { kind: "not"; check: Built } | Operands;

type SymbolKind = RuleToken["kind"] | "and_expr" | "or_expr";

interface StackEntry {
  symbol: SymbolKind;
  check: Built;
}

function parseText(rule: string, failures: string[]): Check {
  if (rule === "") return { kind: "true" };
  if (rule.length > MAX_RULE_CHARACTERS) {
    failures.push(`The rule is longer than ${MAX_RULE_CHARACTERS} characters.`);
    return { kind: "unparsable", text: rule.slice(0, 80) };
  }
  const stack: StackEntry[] = [];
  for (const token of lexRule(rule)) {
    stack.push({ symbol: token.kind, check: tokenCheck(token, failures) });
    while (reduce(stack));
  }
  const [only] = stack;
  if (stack.length === 1 && only !== undefined) {
    return isTooDeep(only.check) ? { kind: "too_deep" } : only.check;
  }
  failures.push(`Could not parse rule: ${rule}`);
  return { kind: "unparsable", text: rule };
}

function tokenCheck(token: RuleToken, failures: string[]): Built {
  switch (token.kind) {
    case "check":
      return parseCheck(token.text, failures);
    case "(":
    case ")":
      return { kind: "token", text: token.kind };
    case "and":
    case "or":
    case "not":
    case "string":
      return { kind: "token", text: token.text };
  }
}

function parseCheck(text: string, failures: string[]): Built {
  if (text === "!") return { kind: "false" };
  if (text === "@") return { kind: "true" };
  const colon = text.indexOf(":");
  if (colon < 0) {
    failures.push(`Failed to understand rule ${text}`);
    return { kind: "unparsable", text };
  }
  const left = text.slice(0, colon);
  const match = text.slice(colon + 1);
  if (left === "rule" || left === "role") return { kind: left, match };
  if (left === "http" || left === "https") return { kind: "http", scheme: left, match };
  return { kind: "generic", left, match };
}

/** One reduction of oslo's shift-reduce grammar on the top of the stack; false when none applies. */
function reduce(stack: StackEntry[]): boolean {
  const [a, b, c] = [stack.at(-3), stack.at(-2), stack.at(-1)];
  if (b?.symbol === "not" && c?.symbol === "check") {
    stack.splice(-2, 2, { symbol: "check", check: { kind: "not", check: c.check } });
    return true;
  }
  if (a === undefined || b === undefined || c === undefined) return false;
  const reduced = reduceTriple(a, b, c);
  if (reduced === null) return false;
  stack.splice(-3, 3, reduced);
  return true;
}

/** Level by level, not recursive: the tree may be deeper than this process's own stack. */
function isTooDeep(root: Check): boolean {
  let level: readonly Check[] = [root];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap(listChildren);
  }
  return false;
}

function listChildren(check: Check): readonly Check[] {
  if (check.kind === "not") return [check.check];
  return check.kind === "and" || check.kind === "or" ? check.checks : [];
}

function reduceTriple(a: StackEntry, b: StackEntry, c: StackEntry): StackEntry | null {
  const isExpression = b.symbol === "check" || b.symbol === "and_expr" || b.symbol === "or_expr";
  if (a.symbol === "(" && isExpression && c.symbol === ")") return { symbol: "check", check: b.check };
  if (c.symbol !== "check") return null;
  if (b.symbol === "and") return reduceAnd(a, c.check);
  if (b.symbol === "or") return reduceOr(a, c.check);
  return null;
}

function reduceAnd(left: StackEntry, right: Built): StackEntry | null {
  switch (left.symbol) {
    case "check":
      return { symbol: "and_expr", check: { kind: "and", checks: [left.check, right] } };
    case "and_expr":
      return { symbol: "and_expr", check: appendTo("and", left.check, right) };
    case "or_expr":
      return { symbol: "or_expr", check: reopenLast(left.check, right) };
    case "(":
    case ")":
    case "and":
    case "or":
    case "not":
    case "string":
      return null;
  }
}

function reduceOr(left: StackEntry, right: Built): StackEntry | null {
  switch (left.symbol) {
    case "check":
    case "and_expr":
      return { symbol: "or_expr", check: { kind: "or", checks: [left.check, right] } };
    case "or_expr":
      return { symbol: "or_expr", check: appendTo("or", left.check, right) };
    case "(":
    case ")":
    case "and":
    case "or":
    case "not":
    case "string":
      return null;
  }
}

/** "a or b and c": the last operand of the or is taken back and joined to c, even when it was in parentheses. */
function reopenLast(orCheck: Built, right: Built): Built {
  const last = orCheck.kind === "or" ? orCheck.checks.pop() : undefined;
  if (orCheck.kind !== "or" || last === undefined) return { kind: "and", checks: [orCheck, right] };
  orCheck.checks.push(
    last.kind === "and" ? appendTo("and", last, right) : { kind: "and", checks: [last, right] },
  );
  return orCheck;
}

function appendTo(kind: "and" | "or", left: Built, right: Built): Built {
  if (left.kind !== kind) return { kind, checks: [left, right] };
  left.checks.push(right);
  return left;
}

/** The list form: the outer list is "or", inner lists are "and", strings are single checks without operators. */
function parseList(rule: unknown, failures: string[]): Check | null {
  if (rule === null || rule === undefined || rule === false || rule === 0) return { kind: "true" };
  const outer = listItems(rule);
  if (outer === null) return null;
  if (outer.length === 0) return { kind: "true" };
  const alternatives: Check[] = [];
  for (const inner of outer) {
    if (isFalsy(inner)) continue;
    const items = typeof inner === "string" ? [inner] : listItems(inner);
    if (items === null) return null;
    const checks = items.map((item) => parseListItem(item, failures));
    const [only] = checks;
    alternatives.push(checks.length === 1 && only !== undefined ? only : { kind: "and", checks });
  }
  const [only] = alternatives;
  if (only === undefined) return { kind: "false" };
  return alternatives.length === 1 ? only : { kind: "or", checks: alternatives };
}

function parseListItem(item: unknown, failures: string[]): Check {
  if (typeof item === "string") return parseCheck(item, failures);
  const text = JSON.stringify(item) ?? "null";
  failures.push(`Failed to understand rule ${text}`);
  return { kind: "unparsable", text };
}

/** What Python iterates over: a list's items, a mapping's keys; null for what is not iterable. */
function listItems(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return [...value];
  if (typeof value === "object" && value !== null) return Object.keys(value);
  return null;
}

function isFalsy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return !value;
}
