import type { Check } from "./checks.ts";
import { MAX_DEPTH } from "./limits.ts";
import { formatPercent } from "./percent-format.ts";
import type { Policy } from "./policy.ts";
import { PythonError, type PythonErrorName } from "./python-error.ts";
import { evaluateLiteral } from "./python-literal.ts";
import { findKey, isDict, isList, type OsloDict, type OsloValue, pythonStr } from "./values.ts";

export interface EvaluationInput {
  creds: OsloDict;
  /** Flat: "target.role.name" is one key. */
  target: OsloDict;
}

export type CloudAnswer =
  | { kind: "allow" }
  | { kind: "deny" }
  /** oslo raises: the service answers 500. */
  | { kind: "exception"; error: PythonErrorName; message: string };

export interface PolicyAnswer {
  /** What the cloud does. */
  expect: CloudAnswer;
  /** What our own decision point does: the same, but an exception or anything unparsable refuses. */
  ours: "allow" | "deny";
}

/** Evaluates one rule both ways. Bounded: cycles and deep nesting end in an exception, never in a hang. */
export function evaluateRule(policy: Policy, ruleName: string, input: EvaluationInput): PolicyAnswer {
  const expect = answerAs("cloud", { policy, input }, ruleName);
  const ours = policy.failures.length === 0 ? expect : answerAs("ours", { policy, input }, ruleName);
  const isReadable = policy.unreadable.length === 0;
  return { expect, ours: ours.kind === "allow" && isReadable ? "allow" : "deny" };
}

interface Question {
  policy: Policy;
  input: EvaluationInput;
}

function answerAs(mode: "cloud" | "ours", question: Question, ruleName: string): CloudAnswer {
  const evaluation = new Evaluation(mode, question);
  try {
    return { kind: evaluation.isRuleTrue(ruleName) ? "allow" : "deny" };
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return { kind: "exception", error: error.pythonName, message: error.message };
  }
}

class Evaluation {
  private readonly mode: "cloud" | "ours";
  private readonly policy: Policy;
  private readonly input: EvaluationInput;
  /** Rules being evaluated: meeting one again is a cycle, since target and credentials do not change. */
  private readonly openRules = new Set<string>();
  private depth = 0;

  constructor(mode: "cloud" | "ours", { policy, input }: Question) {
    this.mode = mode;
    this.policy = policy;
    this.input = input;
  }

  /** A name that is not defined stands for the default rule; without one the answer is no. */
  isRuleTrue(name: string): boolean {
    const { rules, defaultRule } = this.policy;
    const resolved = rules.has(name) ? name : defaultRule;
    const check = rules.get(resolved);
    if (check === undefined) return false;
    if (this.openRules.has(resolved))
      throw new PythonError("RecursionError", `Rule ${resolved} refers to itself.`);
    this.openRules.add(resolved);
    const answer = this.isTrue(check);
    this.openRules.delete(resolved);
    return answer;
  }

  private isTrue(check: Check): boolean {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new PythonError("RecursionError", "The rule is nested too deeply.");
    const answer = this.decide(check);
    this.depth -= 1;
    return answer;
  }

  private decide(check: Check): boolean {
    switch (check.kind) {
      case "true":
        return true;
      case "false":
        return false;
      case "unparsable":
        if (this.mode === "ours") throw new PythonError("Unparsable", check.text);
        return false;
      case "token":
        throw new PythonError("AttributeError", "'str' object has no attribute '__call__'");
      case "too_deep":
        throw new PythonError("RecursionError", "The rule is nested too deeply.");
      case "http":
        throw new PythonError("ValueError", "A check that calls a URL is not evaluated here.");
      case "rule":
        return this.isRuleTrue(check.match);
      case "role":
        return this.isRoleHeld(check.match);
      case "generic":
        return this.isGenericTrue(check.left, check.match);
      case "not":
        return !this.isTrue(check.check);
      case "and":
        return check.checks.every((inner) => this.isTrue(inner));
      case "or":
        return check.checks.some((inner) => this.isTrue(inner));
    }
  }

  private isRoleHeld(match: string): boolean {
    const formatted = formatPercent(match, this.input.target);
    if (formatted.kind === "missing_key") return false;
    const roles = findKey(this.input.creds, "roles");
    if (roles === undefined) return false;
    return listLowerRoles(roles).includes(formatted.text.toLowerCase());
  }

  private isGenericTrue(left: string, match: string): boolean {
    const formatted = formatPercent(match, this.input.target);
    if (formatted.kind === "missing_key") return false;
    const literal = evaluateLiteral(left);
    if (literal.kind === "literal") return literal.text === formatted.text;
    return isFound(this.input.creds, left.split("."), formatted.text);
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

/** Follows a dotted path into the credentials: dicts by key, every element of a list, the end as str(). */
function isFound(value: OsloValue, path: readonly string[], match: string): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return match === pythonStr(value);
  if (!isDict(value)) throw new PythonError("TypeError", `A value on the way to ${key} is not a mapping.`);
  const inner = findKey(value, key);
  if (inner === undefined) return false;
  if (isList(inner)) return inner.some((item) => isFound(item, rest, match));
  return isFound(inner, rest, match);
}
