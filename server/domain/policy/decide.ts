import { ROLE_WORDS, type Role } from "../person/states.ts";
import type { Action } from "./actions.ts";
import { ACTION_WORDS, ROLE_RULES } from "./rules.ts";

/** A signed-in person, as the database knows him at this moment. */
export interface PersonActor {
  kind: "person";
  personId: string;
  sessionId: string;
  name: string;
  email: string;
  roles: readonly Role[];
}

/** Who acts. Minted from a database session in server/auth, or by the runner for its own work; nowhere else. */
export type Actor = PersonActor | { kind: "system"; name: "runner" | "supervisor" };

/** An item that holds something back until somebody has ruled on it. */
export interface HoldingItem {
  itemId: string;
  code: string;
  title: string;
}

/** Facts of the object acted on that separate people: each is a person id, or null when nobody holds the seat. */
export interface Separation {
  requestedBy?: string | null;
  /** People who already hold a seat that must be a different one, such as the first resolver. */
  seatedBy?: readonly string[];
  /** People of the act that is looked at afterwards: they do not look at it themselves. */
  involved?: readonly string[];
  /** Who wrote what is decided about: they count as askers. */
  authoredBy?: readonly string[];
  /** People whom the approval rules shut out of this. */
  excluded?: readonly string[];
  /** Items of the registers that are not ruled on and cover what is acted on. */
  heldBy?: readonly HoldingItem[];
  /** Whom a step by hand is for, by role or by name; in words for the refusal. */
  assignedTo?: { roles: readonly Role[]; people: readonly string[]; says: string };
  /** People who hold an act that has to be somebody else's. */
  differsFrom?: readonly string[];
  /** By the approval rules: one role of each member is needed beside the right itself. */
  needsRoles?: readonly (readonly Role[])[];
}

export type DenialReason =
  | "role_missing"
  | "self_approval"
  | "author"
  | "excluded_by_rule"
  | "no_rule"
  | "ruling_pending"
  | "not_a_person"
  | "not_the_requester"
  | "same_person"
  | "involved"
  | "not_the_assignee"
  | "must_differ"
  | "facts_missing";

export interface Denial {
  effect: "deny";
  ruleId: string;
  reason: DenialReason;
  says: string;
  /** Roles that could do it: "who could" for the screen. */
  couldBe: readonly Role[];
  /** Items on whose ruling it waits. */
  cites?: readonly HoldingItem[];
}

export type Decision = { effect: "allow"; ruleId: string; actor: PersonActor } | Denial;

/** Actions that only another person than the requester may do, whatever roles he holds. */
const OTHER_THAN_REQUESTER: ReadonlySet<Action> = new Set<Action>([
  "job.approve",
  "job.sign",
  "job.reject",
  "proposal.decide",
]);
/** Actions that belong to the requester alone. */
const REQUESTER_ONLY: ReadonlySet<Action> = new Set<Action>([
  "job.withdraw",
  "job.start",
  "job.use_standing",
  "proposal.withdraw",
]);
/** Actions that an item without a ruling holds back: all that lead to something being sent. */
const HELD_BACK: ReadonlySet<Action> = new Set<Action>([
  "plan.preview",
  "job.run_read",
  "job.request",
  "job.approve",
  "job.sign",
  "job.start",
  "job.use_standing",
  "job.break_glass",
]);
/** Actions where each seat needs another person. */
const DISTINCT_SEATS: ReadonlySet<Action> = new Set<Action>(["job.resolve", "break_glass.review"]);

/**
 * The one decision function. Pure; deny by default. Called by the verb wrapper before writing, by the runner before
 * a mutating job starts, and by the explain query that labels buttons.
 */
export function decide(request: { actor: Actor; action: Action; separation?: Separation }): Decision {
  const { actor, action } = request;
  const couldBe = ROLE_RULES[action];
  const deny = (ruleId: string, reason: DenialReason, says: string): Decision => ({
    effect: "deny",
    ruleId,
    reason,
    says,
    couldBe,
  });
  if (actor.kind !== "person") {
    return deny("person-only", "not_a_person", `Only a signed-in person may ${ACTION_WORDS[action]}.`);
  }
  const separation = request.separation ?? {};
  if (OTHER_THAN_REQUESTER.has(action) && separation.requestedBy === actor.personId) {
    return deny(
      "second-person",
      "self_approval",
      `You asked for this change yourself. Another person who is ${couldBeWords(couldBe)} has to decide it.`,
    );
  }
  if (separation.authoredBy?.includes(actor.personId)) {
    return deny(
      "not-the-author",
      "author",
      "You wrote what this runs. Somebody who did not write it has to decide it.",
    );
  }
  if (!actor.roles.some((role) => couldBe.includes(role))) {
    return deny(
      `role:${action}`,
      "role_missing",
      `Your roles do not let you ${ACTION_WORDS[action]}. A person who is ${couldBeWords(couldBe)} can.`,
    );
  }
  if (lacksFacts(action, separation)) {
    return deny(
      "separation",
      "facts_missing",
      "It is not known who asked, so a second person cannot be proven.",
    );
  }
  if (REQUESTER_ONLY.has(action) && separation.requestedBy !== actor.personId) {
    return deny(
      "requester-only",
      "not_the_requester",
      `Only the person who asked may ${ACTION_WORDS[action]}.`,
    );
  }
  if (separation.involved?.includes(actor.personId)) {
    return deny(
      "not-involved",
      "involved",
      "You asked for this or let it go yourself. Two others have to look at it.",
    );
  }
  if (separation.seatedBy?.includes(actor.personId)) {
    return deny(
      "distinct-seats",
      "same_person",
      "You have given your answer. A second person has to give theirs.",
    );
  }
  const assigned = assignedDenial(actor, separation, deny);
  if (assigned !== null) return assigned;
  const held = HELD_BACK.has(action) ? heldDenial(separation.heldBy ?? []) : null;
  if (held !== null) return held;
  return decideByRules(actor, separation, deny) ?? { effect: "allow", ruleId: `role:${action}`, actor };
}

/** The denial of what items without a ruling cover, or null. It cites them, and names who can rule. */
export function heldDenial(heldBy: readonly HoldingItem[]): Denial | null {
  if (heldBy.length === 0) return null;
  const codes = heldBy.map(({ code }) => code);
  const couldBe = ROLE_RULES["item.rule"];
  const isOne = codes.length === 1;
  return {
    effect: "deny",
    ruleId: "item-gate",
    reason: "ruling_pending",
    says: `${codes.join(", ")} ${isOne ? "is" : "are"} not ruled on, and ${isOne ? "it covers" : "they cover"} this. A person who is ${couldBeWords(couldBe)} can rule.`,
    couldBe,
    cites: heldBy,
  };
}

/** Whether nobody has told what the separation of an action is decided by. */
function lacksFacts(action: Action, { requestedBy, seatedBy, assignedTo }: Separation): boolean {
  if (OTHER_THAN_REQUESTER.has(action)) return typeof requestedBy !== "string";
  if (DISTINCT_SEATS.has(action)) return seatedBy === undefined;
  return action === "job.attest_step" && assignedTo === undefined;
}

/** A step by hand is attested by whom it is for, and by somebody else than it names. */
function assignedDenial(
  { personId, roles }: PersonActor,
  { assignedTo, differsFrom }: Separation,
  deny: Deny,
): Decision | null {
  if (assignedTo !== undefined) {
    const isFor =
      assignedTo.people.includes(personId) || roles.some((role) => assignedTo.roles.includes(role));
    if (!isFor) return deny("assignee", "not_the_assignee", `This step is for ${assignedTo.says}.`);
  }
  if (differsFrom?.includes(personId)) {
    return deny(
      "must-differ",
      "must_differ",
      "Somebody else has to do this step: you hold another part of the job that it has to differ from.",
    );
  }
  return null;
}

type Deny = (ruleId: string, reason: DenialReason, says: string) => Decision;

/** What the approval rules of this installation take away from those whom the table lets. */
function decideByRules(actor: PersonActor, separation: Separation, deny: Deny): Decision | null {
  if (separation.excluded?.includes(actor.personId)) {
    return deny("approval-rules", "excluded_by_rule", "The approval rules shut you out of deciding this.");
  }
  const missing = separation.needsRoles?.find((roles) => !actor.roles.some((role) => roles.includes(role)));
  if (missing === undefined) return null;
  if (missing.length === 0) {
    return deny("approval-rules", "no_rule", "No approval rule is about this, so nobody may decide it.");
  }
  return deny(
    "approval-rules",
    "role_missing",
    `The approval rules want this decided by a person who is also ${couldBeWords(missing)}.`,
  );
}

function couldBeWords(roles: readonly Role[]): string {
  return roles
    .map((role) => `${/^[aeio]/i.test(role) ? "an" : "a"} ${ROLE_WORDS[role].toLowerCase()}`)
    .join(" or ");
}
