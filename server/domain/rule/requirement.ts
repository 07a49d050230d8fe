import * as z from "zod";
import { ROLES, type Role } from "../person/states.ts";
import type { Effect } from "../plan/states.ts";
import { demandSchema, windowSchema } from "./schema.ts";
import { SIGNATURE_ROLES } from "./states.ts";
import type { Rule, RuleSet, RuleSubject, Window } from "./rule.ts";

/**
 * What a job needs, joined from every rule that is about it. Lists are sorted and hold each member once, so that equal
 * demands are equal values.
 */
export const requirementSchema = z.strictObject({
  approvers: demandSchema.shape.approvers,
  /** An approver holds one role of every member. */
  roles: z.array(z.array(z.enum(ROLES))),
  stepUp: z.boolean(),
  /** Each is asked for. */
  signatures: z.array(z.enum(SIGNATURE_ROLES)),
  /** All have to be open. */
  windows: z.array(windowSchema),
  never: z.array(z.uuid()),
  /** Names of the rules that it comes from. */
  rules: z.array(z.string()),
});
export type Requirement = z.output<typeof requirementSchema>;

const NOTHING: Requirement = {
  approvers: 0,
  roles: [],
  stepUp: false,
  signatures: [],
  windows: [],
  never: [],
  rules: [],
};

/** What no rule can take away: a change takes a second person, destruction a signature as well. */
const FLOOR: Record<Effect, Requirement> = {
  read: NOTHING,
  mutate: { ...NOTHING, approvers: 1 },
  destroy: { ...NOTHING, approvers: 1, stepUp: true, signatures: ["operational"] },
};

/** The join of two requirements: whatever either asks for. Associative, commutative, idempotent. */
export function stricter(one: Requirement, other: Requirement): Requirement {
  return {
    approvers: Math.max(one.approvers, other.approvers),
    roles: distinctBy([...one.roles, ...other.roles].map(sorted), roleKey),
    stepUp: one.stepUp || other.stepUp,
    signatures: sorted([...one.signatures, ...other.signatures]),
    windows: distinctBy([...one.windows, ...other.windows].map(normalWindow), windowKey),
    never: sorted([...one.never, ...other.never]),
    rules: sorted([...one.rules, ...other.rules]),
  };
}

/** What the rules ask of such a job, or null when none is about it: no rule is not "nothing needed". */
export function requirementOf(set: RuleSet, subject: RuleSubject): Requirement | null {
  const about = set.rules.filter((rule) => isAbout(rule, subject));
  if (about.length === 0) return null;
  return about.map(demandsOf).reduce(stricter, FLOOR[subject.effect]);
}

/** Whether a time lies in every window. Windows are in UTC; the minute `to` is the first one outside. */
export function isOpenAt(windows: readonly Window[], at: Date): boolean {
  // getUTCDay: Sunday is 0; ISO 8601: Sunday is 7.
  const day = at.getUTCDay() === 0 ? 7 : at.getUTCDay();
  const time = at.toISOString().slice(11, 16);
  return windows.every(({ days, from, to }) => days.includes(day) && from <= time && time < to);
}

function isAbout({ when }: Rule, subject: RuleSubject): boolean {
  const has = (list: readonly string[], values: readonly string[]) =>
    list.length === 0 || values.some((value) => list.includes(value));
  return (
    has(when.effects, [subject.effect]) &&
    has(when.operations, subject.operations) &&
    has(when.clouds, [subject.cloudId]) &&
    has(when.tenants, [subject.tenantId]) &&
    has(when.stages, [subject.stageKey])
  );
}

function demandsOf({ name, demands }: Rule): Requirement {
  return {
    approvers: demands.approvers,
    roles: demands.roles.length === 0 ? [] : [sorted(demands.roles)],
    stepUp: demands.stepUp,
    signatures: demands.signature === null ? [] : [demands.signature],
    windows: demands.window === null ? [] : [normalWindow(demands.window)],
    never: sorted(demands.never),
    rules: [name],
  };
}

const roleKey = (roles: readonly Role[]) => roles.join(" ");
const windowKey = ({ days, from, to }: Window) => `${days.join(",")} ${from} ${to}`;

function normalWindow({ days, from, to }: Window): Window {
  return { days: [...new Set(days)].sort((a, b) => a - b), from, to };
}

function sorted<T extends string>(list: readonly T[]): T[] {
  return [...new Set(list)].sort();
}

function distinctBy<T>(list: readonly T[], keyOf: (one: T) => string): T[] {
  const byKey = new Map(list.map((one) => [keyOf(one), one]));
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
