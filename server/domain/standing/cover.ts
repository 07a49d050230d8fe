import type * as z from "zod";
import { planEffect } from "../approval/decide.ts";
import { canonicalJson, type Json } from "../canonical/json.ts";
import type { PlannedStep, StagePlan } from "../plan/plan.ts";
import type { standingContentSchema } from "./schema.ts";

export type StandingContent = z.output<typeof standingContentSchema>;

/**
 * Why a standing approval is not about this plan, in words, or null when it covers it whole: the same bytes of the same
 * stage, on its cloud, for one of its tenants, nothing but its operations, each with exactly the parameters it names.
 * What destroys, in whatever part of the plan, is never covered.
 */
export function coverProblem(content: StandingContent, plan: StagePlan): string | null {
  if (planEffect(plan) !== "mutate")
    return "It is for changes alone, and this is none or destroys something.";
  if (plan.stage.key !== content.stageKey || plan.stage.hash !== content.stageHash) {
    return "It is for another stage, or for an earlier text of this one.";
  }
  if (plan.cloud.id !== content.cloudId) return "It is for another cloud.";
  if (content.tenants.length > 0 && !content.tenants.includes(plan.tenant.id)) {
    return "It is not for this tenant.";
  }
  for (const step of plan.steps) {
    const problem = stepProblem(content, step);
    if (problem !== null) return problem;
  }
  return null;
}

function stepProblem(content: StandingContent, { operation, parameters }: PlannedStep): string | null {
  if (!content.operations.includes(operation)) return `It does not allow the operation ${operation}.`;
  const bounds = content.parameters.filter((bound) => bound.operation === operation);
  const given = parametersOf(parameters);
  const unnamed = [...given.keys()].find((name) => !bounds.some((bound) => bound.name === name));
  if (unnamed !== undefined) return `It does not name the parameter ${unnamed} of ${operation}.`;
  for (const { name, allowed } of bounds) {
    const value = given.get(name);
    if (value === undefined) return `The parameter ${name} of ${operation} is missing.`;
    if (allowed !== null && !allowed.some((one) => canonicalJson(one) === canonicalJson(value))) {
      return `It does not allow this value of ${name} of ${operation}.`;
    }
  }
  return null;
}

/** A step's parameters by name; parameters that are no object have none, and bounds that name any then miss theirs. */
export function parametersOf(parameters: Json): Map<string, Json> {
  if (parameters === null || typeof parameters !== "object" || Array.isArray(parameters)) {
    return new Map([["(value)", parameters]]);
  }
  return new Map(Object.entries(parameters));
}
