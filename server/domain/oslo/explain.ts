import { type Check, formatCheck } from "./checks.ts";
import { compileCheck, type Run, type Test } from "./compile.ts";
import { type EvaluationInput, evaluateRule, type PolicyAnswer, startRun } from "./evaluate.ts";
import type { Policy } from "./policy.ts";
import { PythonError } from "./python-error.ts";

/** Steps shown at most: a chain of rules may be as long as the depth allows. */
const MAX_STEPS = 40;
const MAX_STEP_CHARACTERS = 400;

export interface Explained extends PolicyAnswer {
  /**
   * From the rule that was asked down to what decided: rule names, then the text of the check. The last one is a single
   * check, or the operands that decided together: an "and" that held, an "or" of which nothing held.
   */
  branch: readonly string[];
}

/** Evaluates one rule both ways and says which part of it decided what the cloud does. */
export function explainRule(policy: Policy, ruleName: string, input: EvaluationInput): Explained {
  const answer = evaluateRule(policy, ruleName, input);
  const walk: Walk = { policy, input, steps: [], names: new Set() };
  enterRule(walk, ruleName);
  return { ...answer, branch: walk.steps };
}

interface Walk {
  policy: Policy;
  input: EvaluationInput;
  steps: string[];
  names: Set<string>;
}

function enterRule(walk: Walk, name: string): void {
  const { policy, steps, names } = walk;
  const isDefined = policy.rules.has(name);
  const resolved = isDefined ? name : policy.defaultRule;
  const check = policy.rules.get(resolved);
  if (check === undefined) {
    steps.push(`${name} (not defined)`);
    return;
  }
  steps.push(isDefined ? name : `${name} (not defined, ${resolved} stands for it)`);
  if (names.has(resolved) || steps.length >= MAX_STEPS) return;
  names.add(resolved);
  narrow(walk, check);
}

/** Goes down for as long as one child alone decides. */
function narrow(walk: Walk, check: Check): void {
  switch (check.kind) {
    case "rule":
      enterRule(walk, check.match);
      return;
    case "not":
      walk.steps.push("not");
      narrow(walk, check.check);
      return;
    case "and":
    case "or": {
      const decider = findDecider(walk, check);
      if (decider === null) walk.steps.push(shorten(formatCheck(check)));
      else narrow(walk, decider);
      return;
    }
    case "unparsable":
      walk.steps.push(`${shorten(check.text)} (not understood)`);
      return;
    case "true":
    case "false":
    case "token":
    case "too_deep":
    case "role":
    case "http":
    case "generic":
      walk.steps.push(shorten(formatCheck(check)));
  }
}

/** The operand that ended the evaluation: the first that held in an "or", failed in an "and", or raised. */
function findDecider(walk: Walk, { kind, checks }: Extract<Check, { kind: "and" | "or" }>): Check | null {
  const ending = kind === "or" ? "holds" : "fails";
  return (
    checks.find((check) => {
      const outcome = outcomeOf(compileCheck(check), startRun(walk.policy, walk.input, "cloud"));
      return outcome === ending || outcome === "raises";
    }) ?? null
  );
}

function outcomeOf(test: Test, run: Run): "holds" | "fails" | "raises" {
  try {
    return test(run) ? "holds" : "fails";
  } catch (error) {
    if (error instanceof PythonError) return "raises";
    throw error;
  }
}

const shorten = (text: string) =>
  text.length > MAX_STEP_CHARACTERS ? `${text.slice(0, MAX_STEP_CHARACTERS)}...` : text;
