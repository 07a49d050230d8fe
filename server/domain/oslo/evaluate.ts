import { compileRule, type CompiledRule, type Run, testRule } from "./compile.ts";
import type { Policy } from "./policy.ts";
import { PythonError, type PythonErrorName } from "./python-error.ts";
import { findKey, isTruthy, type OsloDict } from "./values.ts";

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

function answerAs(mode: "cloud" | "ours", { policy, input }: Question, ruleName: string): CloudAnswer {
  const run = startRun(policy, input, mode);
  const rule = run.findRule(ruleName);
  if (rule === null) return { kind: "deny" };
  try {
    return { kind: testRule(run, rule, 0) ? "allow" : "deny" };
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return { kind: "exception", error: error.pythonName, message: error.message };
  }
}

/** A run of its own, for one evaluation. */
export function startRun(policy: Policy, { creds, target }: EvaluationInput, mode: "cloud" | "ours"): Run {
  const compiled = compiledRules(policy);
  return {
    creds: withSystem(creds),
    target,
    isOurs: mode === "ours",
    findRule: (name) => findCompiled(policy, compiled, name),
    depth: 0,
    answers: null,
    roles: null,
  };
}

/** oslo.policy fills in `system` from `system_scope` before it looks at any rule (Enforcer.enforce). */
function withSystem(creds: OsloDict): OsloDict {
  const scope = findKey(creds, "system_scope");
  return scope === undefined || !isTruthy(scope) ? creds : { ...creds, system: scope };
}

type CompiledRules = Map<string, CompiledRule>;

/** Rules are compiled when they are first asked for, and kept for as long as their policy is. */
const kept = new WeakMap<Policy, CompiledRules>();

function compiledRules(policy: Policy): CompiledRules {
  const known = kept.get(policy);
  if (known !== undefined) return known;
  const fresh: CompiledRules = new Map();
  kept.set(policy, fresh);
  return fresh;
}

function findCompiled(policy: Policy, compiled: CompiledRules, name: string): CompiledRule | null {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const check = policy.rules.get(name);
  if (check !== undefined) {
    const rule = compileRule(check);
    compiled.set(name, rule);
    return rule;
  }
  const { defaultRule } = policy;
  // An empty name of the default rule means that there is none (Rules.__missing__).
  if (name === defaultRule || defaultRule === "" || !policy.rules.has(defaultRule)) return null;
  return findCompiled(policy, compiled, defaultRule);
}
