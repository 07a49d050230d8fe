import { canonicalJson, type Json } from "../canonical/json.ts";
import { contains, parseCidr } from "../tenant/cidr.ts";
import type { Comparison, Expression, Literal, Test, ValueClass } from "./expression.ts";
import { renderValue } from "./expression-render.ts";
import { isList, valueAt } from "./path.ts";

export interface Evaluation {
  holds: boolean;
  /** What had to be seen, in a few words: `"ACTIVE"`, `32 hexadecimal digits`. */
  expected: string;
  /** What was seen, shortened; `nothing` when the path leads nowhere. */
  observed: string;
}

type Outcome = { holds: boolean; observed?: string };

/** Never throws. A path that leads nowhere makes every test fail but `is absent`. */
export function evaluate(expression: Expression, scope: Json): Evaluation {
  const value = valueAt(scope, expression.path);
  const { holds, observed } = check(expression.test, value);
  return { holds, expected: expectation(expression.test), observed: observed ?? renderValue(value) };
}

function check(test: Test, value: Json | undefined): Outcome {
  if (test.kind === "absent") return { holds: value === undefined };
  if (value === undefined) return { holds: false };
  switch (test.kind) {
    case "exists":
      // A field that the cloud sends as null names nothing.
      return { holds: value !== null };
    case "matches":
      return { holds: typeof value === "string" && CLASS_TESTS[test.valueClass](value) };
    case "compare":
      return { holds: typeof value === "number" && compares(value, test.comparison, test.literal) };
    case "count":
      return checkCount(test, value);
    case "all":
      return checkAll(test, value);
    case "is":
    case "is_not":
    case "in":
    case "exactly":
    case "contains":
    case "lacks":
    case "within":
      return test.literal.kind === "hole"
        ? { holds: false }
        : { holds: checkLiteral(test.kind, value, test.literal.value) };
  }
}

function checkLiteral(
  kind: "is" | "is_not" | "in" | "exactly" | "contains" | "lacks" | "within",
  value: Json,
  literal: Json,
): boolean {
  switch (kind) {
    case "is":
      return isEqual(value, literal);
    case "is_not":
      return !isEqual(value, literal);
    case "in":
      return isList(literal) && literal.some((element) => isEqual(value, element));
    case "exactly":
      return isList(value) && isList(literal) && isSameBag(value, literal);
    case "contains":
      return holdsElement(value, literal) === true;
    case "lacks":
      return holdsElement(value, literal) === false;
    case "within":
      return typeof value === "string" && typeof literal === "string" && isWithin(value, literal);
  }
}

function checkCount(test: Extract<Test, { kind: "count" }>, value: Json): Outcome {
  if (!isList(value)) return { holds: false };
  const { comparison, literal } = test;
  const holds =
    comparison === "is"
      ? literal.kind === "value" && literal.value === value.length
      : compares(value.length, comparison, literal);
  return { holds, observed: `${value.length}` };
}

/** Nothing was proven about the elements of an empty list, so `all` fails on it. */
function checkAll(test: Extract<Test, { kind: "all" }>, value: Json): Outcome {
  if (!isList(value)) return { holds: false };
  if (value.length === 0) return { holds: false, observed: "an empty list" };
  for (const [index, element] of value.entries()) {
    const member = valueAt(element, test.path);
    const { holds, observed } = check(test.test, member);
    if (!holds) return { holds: false, observed: `element ${index} is ${observed ?? renderValue(member)}` };
  }
  return { holds: true };
}

function compares(value: number, comparison: Comparison, literal: Literal): boolean {
  if (literal.kind === "hole" || typeof literal.value !== "number") return false;
  switch (comparison) {
    case ">=":
      return value >= literal.value;
    case "<=":
      return value <= literal.value;
    case ">":
      return value > literal.value;
    case "<":
      return value < literal.value;
  }
}

/** Null when the question makes no sense: neither a list nor two texts. */
function holdsElement(value: Json, literal: Json): boolean | null {
  if (isList(value)) return value.some((element) => isEqual(element, literal));
  if (typeof value === "string" && typeof literal === "string") return value.includes(literal);
  return null;
}

function isEqual(a: Json, b: Json): boolean {
  const key = keyOf(a);
  return key !== null && key === keyOf(b);
}

function isSameBag(a: readonly Json[], b: readonly Json[]): boolean {
  if (a.length !== b.length) return false;
  const left = new Map<string | null, number>();
  for (const key of a.map(keyOf)) left.set(key, (left.get(key) ?? 0) + 1);
  for (const key of b.map(keyOf)) {
    const count = left.get(key) ?? 0;
    if (key === null || count === 0) return false;
    left.set(key, count - 1);
  }
  return true;
}

function keyOf(value: Json): string | null {
  try {
    return canonicalJson(value);
  } catch {
    // Evidence that has no canonical form (an integer beyond 2^53, absurd depth) equals no literal.
    return null;
  }
}

function isWithin(value: string, pool: string): boolean {
  const outer = parseCidr(pool);
  const inner = parseCidr(value.includes("/") ? value : `${value}/32`);
  return !("problem" in outer) && !("problem" in inner) && contains(outer, inner);
}

const CLASS_TESTS: Record<ValueClass, (text: string) => boolean> = {
  hex32: (text) => /^[0-9a-f]{32}$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  ipv4: (text) => !text.includes("/") && !("problem" in parseCidr(`${text}/32`)),
  cidr: (text) => !("problem" in parseCidr(text)),
  name: (text) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(text),
};

const CLASS_WORDS: Record<ValueClass, string> = {
  hex32: "32 hexadecimal digits",
  uuid: "a UUID",
  ipv4: "an IPv4 address",
  cidr: "an IPv4 network",
  name: "a name of letters, digits, dots, hyphens and underscores",
};

function expectation(test: Test): string {
  switch (test.kind) {
    case "is":
      return renderLiteral(test.literal);
    case "is_not":
      return `not ${renderLiteral(test.literal)}`;
    case "in":
      return `one of ${renderLiteral(test.literal)}`;
    case "exactly":
      return `exactly ${renderLiteral(test.literal)}, in any order`;
    case "contains":
      return `contains ${renderLiteral(test.literal)}`;
    case "lacks":
      return `does not contain ${renderLiteral(test.literal)}`;
    case "within":
      return `within ${renderLiteral(test.literal)}`;
    case "exists":
      return "something";
    case "absent":
      return "nothing";
    case "matches":
      return CLASS_WORDS[test.valueClass];
    case "compare":
      return `${test.comparison} ${renderLiteral(test.literal)}`;
    case "count":
      return `count ${test.comparison} ${renderLiteral(test.literal)}`;
    case "all": {
      const member = test.path.length > 0 ? `${test.path.join(".")} ` : "";
      return `every element: ${member}${expectation(test.test)}`;
    }
  }
}

function renderLiteral(literal: Literal): string {
  return literal.kind === "hole" ? `${literal.text} (not filled in)` : renderValue(literal.value);
}
