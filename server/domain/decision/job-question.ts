import { canonicalDigest, type Json } from "../canonical/json.ts";
import type { Effect } from "../plan/states.ts";
import type { Action } from "../policy/actions.ts";
import { decide, type PersonActor, type Separation } from "../policy/decide.ts";
import type { Requirement } from "../rule/requirement.ts";
import type { DecisionPolicy, DecisionQuestion, Ruling } from "./decide.ts";

/** The last decision about a job: the runner's, right before the approval is spent. */
export const EXECUTE = "job.execute";

const PLATFORM = "tenant:platform";

interface JobFacts {
  id: string;
  number: number;
  tenantId: string;
  digest: string;
  contentDigest: string;
  effect: Effect;
}

/** May this person do this to exactly this frozen plan. */
export function jobQuestion(of: {
  personId: string;
  action: Action | typeof EXECUTE;
  job: JobFacts;
  context?: { readonly [key: string]: Json };
}): DecisionQuestion {
  const { id, number, tenantId, digest, contentDigest, effect } = of.job;
  return {
    subject: { id: `person:${of.personId}`, type: "human", tenant: PLATFORM },
    action: of.action,
    resource: { id: `job:${id}`, type: "job", system: "countersign", tenant: `tenant:${tenantId}` },
    context: { number, digest, content_digest: contentDigest, effect, ...of.context },
  };
}

interface RulesNow {
  /** Null: no rule that can be read is about it, and no rule denies. */
  requirement: Requirement | null;
  rulesVersion: number;
}

/** The console's own table of rights together with the approval rules, asked about one person and one action. */
export function actionPolicy(
  of: RulesNow & { actor: PersonActor; action: Action; separation: Separation },
): DecisionPolicy {
  const { actor, action, separation, requirement } = of;
  return {
    package: "countersign/jobs",
    version: policyVersion(of.rulesVersion),
    etag: canonicalDigest({
      roles: actor.roles.toSorted(),
      separation: separationJson(separation),
      requirement,
    }),
    evaluate: (): Ruling => {
      if (requirement === null) return { effect: "deny", reason: "no_rule", rule: "approval-rules" };
      const decision = decide({ actor, action, separation });
      return decision.effect === "allow"
        ? { effect: "allow", reason: "right_held", rule: decision.ruleId }
        : { effect: "deny", reason: decision.reason, rule: decision.ruleId };
    },
  };
}

/** How the version of the rules is named in a decision; 0 is none that can be read. */
export function policyVersion(rulesVersion: number): string {
  return `rules/${rulesVersion}`;
}

/** Who is kept apart from whom, as plain data. */
export function separationJson(separation: Separation): { readonly [key: string]: Json } {
  return {
    requested_by: separation.requestedBy ?? null,
    seated_by: separation.seatedBy?.toSorted() ?? [],
    authored_by: separation.authoredBy?.toSorted() ?? [],
    excluded: separation.excluded?.toSorted() ?? [],
    needs_roles: separation.needsRoles?.map((roles) => roles.toSorted()) ?? [],
  };
}
