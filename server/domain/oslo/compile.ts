import type { Check } from "./checks.ts";
import { MAX_DEPTH } from "./limits.ts";
import { compileTemplate } from "./percent-format.ts";
import { PythonError } from "./python-error.ts";
import { evaluateLiteral, type Literal } from "./python-literal.ts";
import { findKey, isDict, isList, type OsloDict, type OsloValue, pythonStr } from "./values.ts";

/** One evaluation under way. Target and credentials do not change in it, so a rule has one answer. */
export interface Run {
  readonly creds: OsloDict;
  readonly target: OsloDict;
  /** Unparsable text refuses, where the cloud takes it for a plain no. */
  readonly isOurs: boolean;
  /** The rule a name stands for: the default rule for one that is not defined, null where there is none. */
  readonly findRule: (name: string) => CompiledRule | null;
  /** Levels of the rules that are being evaluated. */
  depth: number;
  /** Answers of rules that refer to others: a chain of doubled references is walked once, not 2^n times. */
  answers: Map<CompiledRule, boolean> | null;
  /** Lower-cased roles, read once. */
  roles: readonly string[] | null;
}

export type Test = (run: Run) => boolean;

export interface CompiledRule {
  test: Test;
  /** Levels of its tree, at least one. */
  depth: number;
  hasReferences: boolean;
}

/** Compiles a parsed rule to closures, once; literals and templates are read here and not with every question. */
export function compileRule(root: Check): CompiledRule {
  const shape = { depth: 1, hasReferences: false };
  const test = compileCheck(root, 1, shape);
  return { test, ...shape };
}

/** Evaluates a rule within a run. Throws RecursionError past the depth that a cycle reaches. */
export function testRule(run: Run, rule: CompiledRule, level: number): boolean {
  if (!rule.hasReferences && run.depth + level + rule.depth <= MAX_DEPTH) return rule.test(run);
  const known = run.answers?.get(rule);
  if (known !== undefined) return known;
  run.depth += level;
  if (run.depth + rule.depth > MAX_DEPTH) throw tooDeep();
  const answer = rule.test(run);
  run.depth -= level;
  run.answers ??= new Map();
  run.answers.set(rule, answer);
  return answer;
}

interface Shape {
  depth: number;
  hasReferences: boolean;
}

/** Public for whoever explains an answer: one node of a rule by itself. */
export function compileCheck(
  check: Check,
  level = 1,
  shape: Shape = { depth: 1, hasReferences: false },
): Test {
  shape.depth = Math.max(shape.depth, level);
  switch (check.kind) {
    case "true":
      return () => true;
    case "false":
      return () => false;
    case "unparsable":
      return (run) => {
        if (run.isOurs) throw new PythonError("Unparsable", check.text);
        return false;
      };
    case "token":
      return () => {
        throw new PythonError("AttributeError", "'str' object has no attribute '__call__'");
      };
    case "too_deep":
      return () => {
        throw tooDeep();
      };
    case "http":
      return () => {
        throw new PythonError("ValueError", "A check that calls a URL is not evaluated here.");
      };
    case "rule":
      shape.hasReferences = true;
      return compileReference(check.match, level);
    case "role":
      return compileRole(check.match);
    case "generic":
      return compileGeneric(check.left, check.match);
    case "not": {
      const inner = compileCheck(check.check, level + 1, shape);
      return (run) => !inner(run);
    }
    case "and":
      return compileAll(check.checks.map((each) => compileCheck(each, level + 1, shape)));
    case "or":
      return compileAny(check.checks.map((each) => compileCheck(each, level + 1, shape)));
  }
}

const tooDeep = () => new PythonError("RecursionError", "The rule is nested too deeply or refers to itself.");

function compileAll(tests: readonly Test[]): Test {
  return (run) => {
    for (const test of tests) if (!test(run)) return false;
    return true;
  };
}

function compileAny(tests: readonly Test[]): Test {
  return (run) => {
    for (const test of tests) if (test(run)) return true;
    return false;
  };
}

function compileReference(name: string, level: number): Test {
  return (run) => {
    const rule = run.findRule(name);
    return rule !== null && testRule(run, rule, level);
  };
}

function compileRole(match: string): Test {
  const template = compileTemplate(match);
  const fixed = template.fixed?.toLowerCase() ?? null;
  return (run) => {
    const wanted = fixed ?? template.format(run.target)?.toLowerCase();
    if (wanted === undefined) return false;
    const roles = findKey(run.creds, "roles");
    if (roles === undefined) return false;
    run.roles ??= listLowerRoles(roles);
    return run.roles.includes(wanted);
  };
}

/** The template is filled in first: a key that is missing answers no, whatever stands on the left. */
function compileGeneric(left: string, match: string): Test {
  const template = compileTemplate(match);
  const literal = readLiteral(left);
  const path: Path = { keys: left.split("."), at: 0 };
  return (run) => {
    const wanted = template.format(run.target);
    if (wanted === null) return false;
    if (literal instanceof PythonError) throw literal;
    return literal.kind === "literal" ? literal.text === wanted : isFound(run.creds, path, wanted);
  };
}

function readLiteral(left: string): Literal | PythonError {
  try {
    return evaluateLiteral(left);
  } catch (error) {
    if (error instanceof PythonError) return error;
    throw error;
  }
}

function listLowerRoles(roles: OsloValue): string[] {
  const items = typeof roles === "string" ? Array.from(roles) : isList(roles) ? roles : dictKeys(roles);
  return items.map((role) => {
    if (typeof role === "string") return role.toLowerCase();
    throw new PythonError("AttributeError", "a role has no attribute 'lower'");
  });
}

function dictKeys(value: OsloValue): string[] {
  if (isDict(value)) return Object.keys(value);
  throw new PythonError("TypeError", "roles is not iterable");
}

interface Path {
  keys: readonly string[];
  at: number;
}

/** Follows a dotted path into the credentials: dicts by key, every element of a list, the end as str(). */
function isFound(value: OsloValue, path: Path, wanted: string): boolean {
  const key = path.keys[path.at];
  if (key === undefined) return wanted === pythonStr(value);
  if (!isDict(value)) throw new PythonError("TypeError", `A value on the way to ${key} is not a mapping.`);
  const inner = findKey(value, key);
  if (inner === undefined) return false;
  const rest = { keys: path.keys, at: path.at + 1 };
  if (isList(inner)) return inner.some((item) => isFound(item, rest, wanted));
  return isFound(inner, rest, wanted);
}
