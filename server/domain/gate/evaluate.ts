import type { Json } from "../canonical/json.ts";
import type { PlannedGate } from "../plan/plan.ts";
import { evaluate } from "../runbook/expression-evaluate.ts";
import { parseExpression } from "../runbook/expression.ts";
import { fillExpression, fillText, type TemplateScope } from "../runbook/template.ts";

/** One judged expression: what had to be seen and what was. */
export interface JudgedExpression {
  that: string;
  expected: string;
  observed: string;
  passed: boolean;
}

export interface JudgedAssertion extends JudgedExpression {
  says: string;
  /** What to do when it fails. */
  advice: string;
}

export interface GateVerdict {
  passed: boolean;
  assertions: JudgedAssertion[];
}

/** What gates read: `saved.domain_id`, `steps.<step>.<value>` (read-backs of this run), `inputs.cidr`, `tenant.slug`. */
export interface GateScope {
  readonly tenant: Json;
  readonly inputs: Json;
  readonly saved: Json;
  readonly steps: Json;
}

/**
 * Judges every assertion, also after a failed one: a person sees all that is wrong at once. A gate without assertions
 * proves nothing and does not pass.
 */
export function evaluateGate(gate: PlannedGate, scope: GateScope): GateVerdict {
  const assertions = gate.assertions.map(({ that, says, advice }) => ({
    ...judge(that, { ...scope }, scope),
    says: filledOrAsIs(says, scope),
    advice: filledOrAsIs(advice, scope),
  }));
  return { passed: assertions.length > 0 && assertions.every(({ passed }) => passed), assertions };
}

/** Judges a step's expectations; their paths start at the values of its read-back. */
export function evaluateExpectations(
  expect: readonly string[],
  values: Json,
  scope: TemplateScope = {},
): JudgedExpression[] {
  return expect.map((that) => judge(that, values, scope));
}

function judge(that: string, values: Json, scope: TemplateScope): JudgedExpression {
  const filled = fillExpression(that, scope);
  if (filled.kind !== "filled") {
    return { that, expected: that, observed: `nothing: ${filled.says}`, passed: false };
  }
  const parsed = parseExpression(filled.value);
  if (parsed.kind === "error") {
    const observed = `not judged: column ${parsed.column}: ${parsed.says}`;
    return { that: filled.value, expected: filled.value, observed, passed: false };
  }
  const { holds, expected, observed } = evaluate(parsed.expression, values);
  return { that: filled.value, expected, observed, passed: holds };
}

/** A sentence for people is shown with its template rather than not at all. */
function filledOrAsIs(text: string, scope: TemplateScope): string {
  const filled = fillText(text, scope);
  return filled.kind === "filled" ? filled.value : text;
}
