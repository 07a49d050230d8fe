import type { JobState } from "../job/states.ts";
import type { Separation } from "../policy/decide.ts";
import { lostRight, type PersonNow } from "../policy/right-now.ts";
import type { RuleSet } from "../rule/rule.ts";
import { OWN_RULES_REST_MS, UNREVIEWED_MAX } from "./limits.ts";

export type BreakGlassRefusal =
  | "not_waiting"
  | "expired"
  | "stale"
  | "read_only"
  | "no_rule"
  | "not_listed"
  | "own_rule_change"
  | "frozen"
  | "unreviewed";

/** A version of the rules, with the two people who made it; the first one has none. */
export interface MadeRules {
  breakGlass: readonly string[];
  at: Date;
  by: readonly string[];
}

export interface BreakGlassFacts {
  state: JobState;
  effect: "read" | "mutate" | "destroy";
  digest: string;
  nonce: string;
  expiresAt: Date;
  hasRequirement: boolean;
  /** Versions of the rules, newest first. */
  rules: readonly MadeRules[];
  isFrozen: boolean;
  /** Uses that two people have not looked at yet. */
  unreviewed: number;
}

/**
 * Whether this person may let this one plan go without its approval. It shortens the way and skips nobody: a signature by
 * a key of somebody other than the requester is still needed before anything is sent, whatever the effect.
 */
export function decideBreakGlass(
  facts: BreakGlassFacts,
  answer: { personId: string; digest: string; nonce: string },
  now: Date,
): { reason: BreakGlassRefusal; says: string } | null {
  const refuse = (reason: BreakGlassRefusal, says: string) => ({ reason, says });
  if (facts.state !== "awaiting_approval") {
    return refuse("not_waiting", "This request is not waiting for a decision any more. Nothing was changed.");
  }
  if (now >= facts.expiresAt)
    return refuse("expired", "This request has expired. Its requester has to ask again.");
  if (answer.digest !== facts.digest || answer.nonce !== facts.nonce) {
    return refuse(
      "stale",
      "Your page shows another plan than the one on record. Reload it; nothing was changed.",
    );
  }
  if (facts.effect === "read") return refuse("read_only", "It only reads and needs nobody's approval.");
  if (!facts.hasRequirement) return refuse("no_rule", "No approval rule is about this. Nothing was changed.");
  if (!isListed(facts.rules, answer.personId)) {
    return refuse("not_listed", "The approval rules do not name you for emergencies. Nothing was changed.");
  }
  if (hasListedThemselves(facts.rules, answer.personId, now)) {
    return refuse(
      "own_rule_change",
      "You took part in the change of the rules that names you for emergencies, less than a day ago. Nothing was changed.",
    );
  }
  if (facts.isFrozen) {
    return refuse("frozen", "All changes are frozen, in emergencies too. Two people have to lift it first.");
  }
  if (facts.unreviewed >= UNREVIEWED_MAX) {
    return refuse(
      "unreviewed",
      `${facts.unreviewed} earlier uses have not been looked at by two people. That comes first; nothing was changed.`,
    );
  }
  return null;
}

function isListed([newest]: readonly MadeRules[], personId: string): boolean {
  return newest?.breakGlass.includes(personId) ?? false;
}

/** Whether a version of the last day, asked for or agreed to by this person, is one that put him on the list. */
function hasListedThemselves(rules: readonly MadeRules[], personId: string, now: Date): boolean {
  return rules.some(
    (version, index) =>
      now.getTime() - version.at.getTime() < OWN_RULES_REST_MS &&
      version.by.includes(personId) &&
      version.breakGlass.includes(personId) &&
      !(rules[index + 1]?.breakGlass.includes(personId) ?? false),
  );
}

/** Why a use made earlier does not let the job start now, or null. */
export function lostBreakGlass(
  { person, set }: { person: PersonNow; set: Pick<RuleSet, "breakGlass"> | null },
  separation: Separation,
): string | null {
  const lost = lostRight(person, "job.break_glass", emergencySeparation(separation));
  if (lost !== null) return `${person.name} let this go in an emergency and ${lost}.`;
  if (set?.breakGlass.includes(person.id)) return null;
  return `${person.name} let this go in an emergency and is no longer named for that by the rules.`;
}

/** Who is kept away from it as well: the author of what runs, and whom the rules shut out. */
export function emergencySeparation({ authoredBy, excluded }: Separation): Separation {
  return { authoredBy: authoredBy ?? [], excluded: excluded ?? [] };
}
