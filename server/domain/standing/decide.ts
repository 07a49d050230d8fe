import type { StagePlan } from "../plan/plan.ts";
import type { Separation } from "../policy/decide.ts";
import { lostRight, type PersonNow } from "../policy/right-now.ts";
import type { Requirement } from "../rule/requirement.ts";
import { coverProblem, type StandingContent } from "./cover.ts";

export interface StandingFacts {
  content: StandingContent;
  /** The two people who made it, as they are now. */
  madeBy: PersonNow;
  agreedBy: PersonNow;
  isWithdrawn: boolean;
}

/** Those of the two who could approve this very job now: whoever asked for it is not among them. */
export function standingApprovers(
  { madeBy, agreedBy }: Pick<StandingFacts, "madeBy" | "agreedBy">,
  separation: Separation,
): string[] {
  const both = new Map([agreedBy, madeBy].map((person) => [person.id, person]));
  return [...both.values()]
    .filter((person) => lostRight(person, "job.approve", separation) === null)
    .map(({ id }) => id);
}

export interface StandingObstacle {
  reason: "withdrawn" | "not_in_force" | "not_covered" | "signature_needed" | "no_rule" | "quorum";
  says: string;
}

/**
 * Why a standing approval does not take the place of a fresh one, or null. Asked when it is used and again before the
 * job starts, on people, rules and time as they are then. What the rules want of approvers is asked of the two who made
 * it: they count as the people they are, and never in place of a signature.
 */
export function standingObstacle(
  standing: StandingFacts,
  given: { plan: StagePlan; requirement: Requirement | null; separation: Separation; at: Date },
): StandingObstacle | null {
  const { plan, requirement, separation, at } = given;
  const { content } = standing;
  if (standing.isWithdrawn) return { reason: "withdrawn", says: "The standing approval was withdrawn." };
  if (at < new Date(content.from) || at >= new Date(content.until)) {
    return { reason: "not_in_force", says: "The standing approval does not hold at this time." };
  }
  const problem = coverProblem(content, plan);
  if (problem !== null) {
    return { reason: "not_covered", says: `The standing approval is not about this. ${problem}` };
  }
  if (requirement === null) return { reason: "no_rule", says: "No approval rule is about this." };
  if (requirement.signatures.length > 0) {
    return {
      reason: "signature_needed",
      says: "The rules want this signed, and no standing approval takes the place of a signature.",
    };
  }
  if (standingApprovers(standing, separation).length < Math.max(1, requirement.approvers)) {
    return {
      reason: "quorum",
      says: "The people who made the standing approval could not approve this job themselves, or are too few for the rules.",
    };
  }
  return null;
}
