import type * as z from "zod";
import type { Effect } from "../plan/states.ts";
import type { StagePlan } from "../plan/plan.ts";
import type { ruleSchema, ruleSetSchema, windowSchema } from "./schema.ts";

export type Rule = z.output<typeof ruleSchema>;
export type RuleSet = z.output<typeof ruleSetSchema>;
export type Window = z.output<typeof windowSchema>;

/** The facts of a job that rules select by. */
export interface RuleSubject {
  effect: Effect;
  operations: readonly string[];
  cloudId: string;
  tenantId: string;
  stageKey: string;
}

/** The facts of a plan that rules select by. `effect` is the strictest of what it declares and sends. */
export function subjectOf(plan: StagePlan, effect: Effect): RuleSubject {
  return {
    effect,
    operations: [...new Set(plan.steps.map(({ operation }) => operation))].sort(),
    cloudId: plan.cloud.id,
    tenantId: plan.tenant.id,
    stageKey: plan.stage.key,
  };
}

/** Whether a ruling takes a second person. Rules that cannot be read let nobody rule alone. */
export function takesSecondPerson(set: RuleSet | null, item: { isGating: boolean }): boolean {
  if (set === null) return true;
  const demand = set.rulings?.secondPerson ?? "never";
  return demand === "always" || (demand === "gating" && item.isGating);
}

/**
 * What holds where nobody wrote another rule, and what a new installation starts with: reads need nobody, changes one
 * other person, destruction one other person and a signature.
 */
export const DEFAULT_RULES: RuleSet = {
  format: "rules/1",
  rules: [
    {
      name: "Reads",
      when: { effects: ["read"], operations: [], clouds: [], tenants: [], stages: [] },
      demands: { approvers: 0, roles: [], stepUp: false, signature: null, window: null, never: [] },
    },
    {
      name: "Changes",
      when: { effects: ["mutate"], operations: [], clouds: [], tenants: [], stages: [] },
      demands: { approvers: 1, roles: [], stepUp: true, signature: null, window: null, never: [] },
    },
    {
      name: "Destruction",
      when: { effects: ["destroy"], operations: [], clouds: [], tenants: [], stages: [] },
      demands: { approvers: 1, roles: [], stepUp: true, signature: "operational", window: null, never: [] },
    },
  ],
  breakGlass: [],
};
