import * as z from "zod";
import type { Json } from "../canonical/json.ts";
import { EFFECTS } from "../plan/states.ts";
import type { Separation } from "../policy/decide.ts";
import { type Requirement, requirementOf, requirementSchema, stricter } from "./requirement.ts";
import type { RuleSet, RuleSubject } from "./rule.ts";

const subjectSchema = z.strictObject({
  effect: z.enum(EFFECTS),
  operations: z.array(z.string()),
  cloudId: z.string(),
  tenantId: z.string(),
  stageKey: z.string(),
});

/** What stands in a job about the rules at the moment of the request. */
const jobRulesSchema = z.strictObject({
  version: z.int().min(1),
  subject: subjectSchema,
  requirement: requirementSchema,
});
export type JobRules = z.output<typeof jobRulesSchema>;

/** What a new job needs by these rules, or null when no rule is about it. */
export function rulesForJob(rules: { version: number; set: RuleSet }, subject: RuleSubject): JobRules | null {
  const requirement = requirementOf(rules.set, subject);
  if (requirement === null) return null;
  return {
    version: rules.version,
    subject: { ...subject, operations: [...subject.operations] },
    requirement,
  };
}

/**
 * What a waiting job needs now: the stricter of the rules it was asked for under and the rules in force. Null when
 * either is missing or cannot be read, and then nobody may decide it.
 */
export function requirementNow(frozen: Json | null, inForce: { set: RuleSet } | null): Requirement | null {
  const parsed = jobRulesSchema.safeParse(frozen);
  if (!parsed.success || inForce === null) return null;
  const now = requirementOf(inForce.set, parsed.data.subject);
  return now === null ? null : stricter(parsed.data.requirement, now);
}

/** The facts that separate whoever approves from whoever asked, wrote it, or is shut out. */
export function approverSeparation(of: {
  requestedBy: string;
  authoredBy: readonly string[];
  requirement: Requirement | null;
}): Separation {
  return {
    requestedBy: of.requestedBy,
    authoredBy: of.authoredBy,
    excluded: of.requirement?.never ?? [],
    // No requirement: nobody holds a role of an empty list.
    needsRoles: of.requirement?.roles ?? [[]],
  };
}

/** The subject that a job was asked for under, for replaying other rules over it. */
export function subjectOfJob(frozen: Json | null): RuleSubject | null {
  return jobRulesSchema.safeParse(frozen).data?.subject ?? null;
}
