import type { Json } from "../canonical/json.ts";
import type { DecisionQuestion } from "../decision/decide.ts";
import type { RegisteredActor } from "../actor/actor.ts";

/** What a condition may look at. `actor`: the registered one that the question is about, or null. */
export interface Facts {
  question: DecisionQuestion;
  actor: { actor: RegisteredActor; system: string; tenant: string } | null;
}

type Value = Json | undefined;
type Operand = (facts: Facts) => Value;
/** A condition that was read. */
export type Condition = (facts: Facts) => boolean;

export type ReadCondition = { kind: "read"; holds: Condition } | { kind: "refused"; says: string };

/**
 * Reads `PATH OPERATOR OPERAND`. Every condition is total: over something that is missing or of another kind it does
 * not hold. There is no negation, so nothing is ever true because something is absent.
 *
 *     action is "sign"                                   equal texts, numbers or truth values
 *     subject.id in actor.allowed_subjects               one of a list
 *     context.principals all in actor.principals         a list with something in it, and all of it there
 *     context.ttl_hours at most actor.max_ttl_hours      finite numbers; also: at least
 *     context.ttl_hours is whole                         a whole number; also: is text (one that is not blank)
 *     actor is known                                     there is such a thing
 */
export function readCondition(text: string): ReadCondition {
  const tokens = tokenize(text);
  if (tokens === null)
    return { kind: "refused", says: `"${text.slice(0, 100)}" has a sign that no condition has.` };
  const [path, ...rest] = tokens;
  const left = path === undefined ? null : readPath(path);
  if (left === null) return { kind: "refused", says: unknownPath(path ?? "") };
  const unary = UNARY[rest.join(" ")];
  if (unary !== undefined) return { kind: "read", holds: (facts) => unary(left(facts)) };
  for (const [words, holds] of BINARY) {
    if (!words.every((word, index) => rest[index] === word)) continue;
    const right = readOperand(rest.slice(words.length));
    return right === null
      ? { kind: "refused", says: `After "${words.join(" ")}" comes one path, text, number or list of texts.` }
      : { kind: "read", holds: (facts) => holds(left(facts), right(facts)) };
  }
  return { kind: "refused", says: `"${text.slice(0, 100)}" has none of the known operators.` };
}

const TOKEN =
  /\s*(?:("[^"\\\p{Cc}]*")|([[\],])|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)|(-?[0-9]{1,15}))/uy;

function tokenize(text: string): string[] | null {
  if (text.length > 500) return null;
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    tokens.push(match[0].trim());
  }
  return tokens;
}

const isNumber = (value: Value): value is number => typeof value === "number" && Number.isFinite(value);
const isScalar = (value: Value): value is string | number | boolean =>
  typeof value === "string" || typeof value === "boolean" || isNumber(value);
const isList = (value: Value): value is readonly Json[] => Array.isArray(value);

const UNARY: Readonly<Record<string, (value: Value) => boolean>> = {
  "is known": (value) => value !== undefined && value !== null,
  "is text": (value) => typeof value === "string" && value.trim() !== "",
  "is whole": (value) => isNumber(value) && Number.isInteger(value),
};

const BINARY: readonly (readonly [readonly string[], (left: Value, right: Value) => boolean])[] = [
  [
    ["all", "in"],
    (left, right) =>
      isList(left) &&
      left.length > 0 &&
      isList(right) &&
      left.every((one) => isScalar(one) && right.includes(one)),
  ],
  [["in"], (left, right) => isScalar(left) && isList(right) && right.includes(left)],
  [["at", "most"], (left, right) => isNumber(left) && isNumber(right) && left <= right],
  [["at", "least"], (left, right) => isNumber(left) && isNumber(right) && left >= right],
  [["is"], (left, right) => isScalar(left) && left === right],
];

/** Names of the registered actor's own facts. */
const ACTOR: Readonly<Record<string, (of: NonNullable<Facts["actor"]>) => Value>> = {
  name: ({ actor }) => actor.name,
  type: ({ actor }) => actor.type,
  principals: ({ actor }) => actor.principals,
  max_ttl_hours: ({ actor }) => actor.maxTtlHours,
  allowed_subjects: ({ actor }) => actor.allowedSubjects,
  system: ({ system }) => system,
  tenant: ({ tenant }) => tenant,
};
const SUBJECT: Readonly<Record<string, Operand>> = {
  id: ({ question }) => question.subject.id,
  type: ({ question }) => question.subject.type,
  tenant: ({ question }) => question.subject.tenant,
};
const RESOURCE: Readonly<Record<string, Operand>> = {
  id: ({ question }) => question.resource.id,
  type: ({ question }) => question.resource.type,
  system: ({ question }) => question.resource.system,
  tenant: ({ question }) => question.resource.tenant,
};

function readPath(text: string): Operand | null {
  const [root, name, ...deeper] = text.split(".");
  if (root === "action") return name === undefined ? ({ question }) => question.action : null;
  if (root === "actor") {
    if (name === undefined) return ({ actor }) => (actor === null ? undefined : true);
    const read = own(ACTOR, name);
    return read === undefined || deeper.length > 0
      ? null
      : ({ actor }) => (actor === null ? undefined : read(actor));
  }
  if (name === undefined) return null;
  if (root === "context") return ({ question }) => follow(question.context, [name, ...deeper]);
  if (root !== "subject" && root !== "resource") return null;
  if (name === "attributes" && deeper.length > 0)
    return ({ question }) => follow(question[root].attributes, deeper);
  const read = own(root === "subject" ? SUBJECT : RESOURCE, name);
  return read === undefined || deeper.length > 0 ? null : read;
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Own members only: what every object inherits is nobody's fact. */
function follow(start: Value, names: readonly string[]): Value {
  let value = start;
  for (const name of names) {
    if (value === undefined || !isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readOperand(tokens: readonly string[]): Operand | null {
  const [first, ...rest] = tokens;
  if (first === undefined) return null;
  if (first === "[") return readListOperand(rest);
  if (rest.length > 0) return null;
  const literal = readLiteral(first);
  return literal === undefined ? readPath(first) : () => literal;
}

function readListOperand(tokens: readonly string[]): Operand | null {
  if (tokens.at(-1) !== "]") return null;
  const list: Json[] = [];
  for (const [index, token] of tokens.slice(0, -1).entries()) {
    const literal = index % 2 === 0 ? readLiteral(token) : undefined;
    if (index % 2 === 1 ? token !== "," : literal === undefined) return null;
    if (literal !== undefined) list.push(literal);
  }
  return tokens.length % 2 === 0 ? () => list : null;
}

function readLiteral(token: string): string | number | boolean | undefined {
  if (token.startsWith('"')) return token.slice(1, -1);
  if (/^-?[0-9]+$/.test(token)) return Number(token);
  return token === "true" ? true : token === "false" ? false : undefined;
}

function unknownPath(path: string): string {
  return `"${path.slice(0, 100)}" names nothing. Begin with action, subject.id, resource.id, context.NAME or actor.NAME (name, type, principals, max_ttl_hours, allowed_subjects, system, tenant).`;
}
