import { DEFERRED_TRANSITIONS, type DeferredState } from "./states.ts";
import { ALLOWED, isSaid, refusal, refuseMove, type RegisterVerdict } from "./verdict.ts";
import { identifiersIn, isItemId } from "../text/identifiers.ts";

/** What brings a deferred item back, in a form that can be evaluated. */
export type Trigger =
  | { kind: "date"; at: Date }
  | { kind: "item_closed"; id: string }
  | { kind: "decision_status"; id: string; status: string }
  | { kind: "people_with_role"; role: string; atLeast: number }
  | { kind: "check_result"; id: string; result: "passed" | "failed" }
  /** Words that only a person can judge. */
  | { kind: "words"; text: string };

export interface TriggerFacts {
  now: Date;
  closedItems: ReadonlySet<string>;
  decisionStatus: ReadonlyMap<string, string>;
  peopleByRole: ReadonlyMap<string, number>;
  checkResults: ReadonlyMap<string, string>;
}

/** Why a trigger has fired, as a sentence for the inbox; null while it has not. Words never fire by themselves. */
export function firedBecause(trigger: Trigger, facts: TriggerFacts): string | null {
  switch (trigger.kind) {
    case "date":
      return facts.now >= trigger.at ? `${isoDay(trigger.at)} has come.` : null;
    case "item_closed":
      return facts.closedItems.has(trigger.id) ? `${trigger.id} is closed.` : null;
    case "decision_status":
      return facts.decisionStatus.get(trigger.id) === trigger.status
        ? `${trigger.id} is ${trigger.status}.`
        : null;
    case "people_with_role": {
      const count = facts.peopleByRole.get(trigger.role) ?? 0;
      return count >= trigger.atLeast ? `${count} people have the role ${trigger.role}.` : null;
    }
    case "check_result":
      return facts.checkResults.get(trigger.id) === trigger.result
        ? `${trigger.id} has ${trigger.result}.`
        : null;
    case "words":
      return null;
  }
}

const isoDay = (date: Date) => date.toISOString().slice(0, 10);

const ORDINALS = ["second", "third", "fourth", "fifth"];

/** A trigger as it seems to be meant, for a person to confirm. Anything unclear stays words. */
export function proposeTrigger(text: string): Trigger {
  const day = /\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b/.exec(text)?.[0];
  const at = day === undefined ? null : new Date(`${day}T00:00:00Z`);
  if (at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day ?? ""))
    return { kind: "date", at };
  const people = /\b(second|third|fourth|fifth)\s+(operator|manager|reviewer|admin)\b/i.exec(text);
  if (people !== null) {
    const atLeast = ORDINALS.indexOf((people[1] ?? "").toLowerCase()) + 2;
    return { kind: "people_with_role", role: (people[2] ?? "").toLowerCase(), atLeast };
  }
  const named = identifiersIn(text.slice(0, 2000)).find(({ id }) => !id.startsWith("phase-"));
  return named === undefined ? { kind: "words", text } : namedTrigger(named.id, text);
}

function namedTrigger(id: string, text: string): Trigger {
  if (isItemId(id)) {
    if (id.startsWith("V") && /\bfail/i.test(text)) return { kind: "check_result", id, result: "failed" };
    if (id.startsWith("V") && /\bpass/i.test(text)) return { kind: "check_result", id, result: "passed" };
    return /\b(?:after|when|once|clos|done)/i.test(text)
      ? { kind: "item_closed", id }
      : { kind: "words", text };
  }
  if (!id.startsWith("D-")) return { kind: "words", text };
  const word = /\b(superseded|adopted|amended|closed|rejected)\b/i.exec(text)?.[1]?.toLowerCase();
  return word === undefined ? { kind: "words", text } : { kind: "decision_status", id, status: word };
}

/** Whether a deferred item may move. Waiting again needs a trigger, and giving up a reason. */
export function decideDeferredMove(
  item: { id: string; state: DeferredState },
  move: { to: DeferredState; trigger: string | null; reason: string | null },
): RegisterVerdict {
  const refused = refuseMove(DEFERRED_TRANSITIONS, { id: item.id, from: item.state, to: move.to });
  if (refused !== null) return refused;
  if (move.to === "waiting") {
    return isSaid(move.trigger) ? ALLOWED : refusal("no_trigger", `Say what brings ${item.id} back.`);
  }
  if (move.to === "dropped")
    return isSaid(move.reason) ? ALLOWED : refusal("no_reason", `Say why ${item.id} is dropped.`);
  return ALLOWED;
}
