import { ROLE_WORDS } from "../person/states.ts";
import type { Effect } from "../plan/states.ts";
import type { Requirement } from "./requirement.ts";
import type { Rule, RuleSet, Window } from "./rule.ts";
import { type RulingDemand, WEEKDAYS } from "./states.ts";
import { DEFAULT_SIGNING, describeSigning } from "../policy/signing.ts";

/** Names for the ids in rules; an id that nobody knows is shown as it is. */
export type NameOf = (id: string) => string;

const EFFECT_NOUNS: Record<Effect, string> = { read: "reads", mutate: "changes", destroy: "destruction" };

/** The rules as sentences, one a rule, in their order. */
export function describeRules(set: RuleSet, nameOf: NameOf): string[] {
  return [
    ...set.rules.map((rule) => `${rule.name}: ${describeRule(rule, nameOf)}`),
    ...(set.rulings === undefined ? [] : [RULING_SENTENCES[set.rulings.secondPerson]]),
    ...describeSigning(set.signing ?? DEFAULT_SIGNING),
    describeEmergency(set.breakGlass.map(nameOf)),
  ];
}

const RULING_SENTENCES: Record<RulingDemand, string> = {
  never: "Rulings: one person rules.",
  gating: "Rulings on what holds something back in the cloud take a second person.",
  always: "Rulings take a second person.",
};

function describeEmergency(names: readonly string[]): string {
  if (names.length === 0) return "In an emergency: nobody may let a change go without its approval.";
  return `In an emergency: ${list(names.toSorted(), "or")} may let one plan go without its approval, with a signature by a key of somebody other than its requester. Two others look at it afterwards.`;
}

function describeRule({ when, demands }: Rule, nameOf: NameOf): string {
  const effects =
    when.effects.length === 0
      ? "everything"
      : list(
          when.effects.map((one) => EFFECT_NOUNS[one]),
          "and",
        );
  const where = [
    ...(when.operations.length === 0 ? [] : [`with the operation ${list(when.operations, "or")}`]),
    ...(when.clouds.length === 0 ? [] : [`on the cloud ${list(when.clouds.map(nameOf), "or")}`]),
    ...(when.tenants.length === 0 ? [] : [`for the tenant ${list(when.tenants.map(nameOf), "or")}`]),
    ...(when.stages.length === 0 ? [] : [`in stage ${list(when.stages, "or")}`]),
  ];
  const needs = [
    approvers(demands.approvers),
    ...(demands.roles.length === 0 ? [] : [`each of them ${anyRole(demands.roles)}`]),
    ...(demands.stepUp ? ["given with a fresh proof of who gives it"] : []),
    ...(demands.signature === null ? [] : [`a signature by an ${demands.signature} key`]),
  ];
  const window = demands.window === null ? "" : ` Only ${describeWindow(demands.window)}.`;
  const never =
    demands.never.length === 0 ? "" : ` Never approved by ${list(demands.never.map(nameOf), "or")}.`;
  return `${[effects, ...where].join(" ")} ${when.effects.length === 1 && when.effects[0] !== "destroy" ? "need" : "needs"} ${needs.join(", ")}.${window}${never}`;
}

/** What a job needs, for the people who ask for it and decide it. */
export function describeRequirement(needed: Requirement): string[] {
  return [
    `${capital(approvers(needed.approvers))}.`,
    ...needed.roles.map((roles) => `Each approver is ${anyRole(roles)}.`),
    ...(needed.stepUp ? ["Whoever approves proves again who they are."] : []),
    ...needed.signatures.map((role) => `A signature by an ${role} key.`),
    ...needed.windows.map((window) => `Only ${describeWindow(window)}.`),
  ];
}

export function describeWindow({ days, from, to }: Window): string {
  return `on ${list(
    days.map((day) => WEEKDAYS[day - 1] ?? String(day)),
    "and",
  )} from ${from} to ${to} UTC`;
}

function approvers(count: number): string {
  if (count === 0) return "nobody's approval";
  return count === 1 ? "the approval of one other person" : `the approvals of ${count} other people`;
}

function anyRole(roles: readonly (keyof typeof ROLE_WORDS)[]): string {
  return list(
    roles.map((role) => `${/^[ao]/.test(role) ? "an" : "a"} ${ROLE_WORDS[role].toLowerCase()}`),
    "or",
  );
}

function list(words: readonly string[], link: "and" | "or"): string {
  const [last = ""] = words.slice(-1);
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${link} ${last}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
