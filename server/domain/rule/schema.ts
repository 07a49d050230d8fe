import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { reasonSchema } from "../job/schema.ts";
import { ROLES } from "../person/states.ts";
import { EFFECTS } from "../plan/states.ts";
import { APPROVERS_MAX, EMERGENCY_PEOPLE_MAX, RULES_MAX } from "./limits.ts";
import { RULING_DEMANDS, SIGNATURE_ROLES } from "./states.ts";

const timeSchema = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "Enter a time such as 08:30.");

/** Times of the week, UTC, in which a change may be approved to start and may start. */
export const windowSchema = z
  .strictObject({
    days: z.array(z.int().min(1).max(7)).min(1, "Choose at least one day.").max(7),
    from: timeSchema,
    to: timeSchema,
  })
  .refine(({ from, to }) => from < to, "A window ends after it begins, on the same day.");

const distinct = <T>(of: z.ZodType<T>, max: number) =>
  z
    .array(of)
    .max(max)
    .refine((list) => new Set(list).size === list.length, "Each stands once.");

/** What a rule is about; an empty list means any. Operations: one of the plan's is enough. */
export const selectorSchema = z.strictObject({
  effects: distinct(z.enum(EFFECTS), 3),
  operations: distinct(z.string().min(1).max(120), 50),
  clouds: distinct(z.uuid(), 50),
  tenants: distinct(z.uuid(), 200),
  stages: distinct(z.string().min(1).max(40), 50),
});

const rolesSchema = distinct(z.enum(ROLES), ROLES.length);

export const demandSchema = z.strictObject({
  approvers: z.int().min(0).max(APPROVERS_MAX),
  /** Each approver holds one of these beside the right to approve; empty: the right is enough. */
  roles: rolesSchema,
  stepUp: z.boolean(),
  signature: z.enum(SIGNATURE_ROLES).nullable(),
  window: windowSchema.nullable(),
  /** People who may never approve what the rule is about. */
  never: distinct(z.uuid(), 100),
});

export const ruleSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, "Give the rule a name.")
      .max(80)
      .refine(isKeepable, "The name cannot be kept."),
    when: selectorSchema,
    demands: demandSchema,
  })
  .refine(
    ({ when, demands }) =>
      demands.signature === null || (when.effects.length > 0 && !when.effects.includes("read")),
    "What only reads is never signed: let such a rule be about changes or destruction.",
  );

export const ruleSetSchema = z.strictObject({
  format: z.literal("rules/1"),
  rules: z
    .array(ruleSchema)
    .min(1, "Without a rule nothing may be done.")
    .max(RULES_MAX)
    .refine(
      (rules) => new Set(rules.map(({ name }) => name)).size === rules.length,
      "Two rules have one name.",
    ),
  /** Rulings on open items and proposed decisions; left out: one person rules. */
  rulings: z.strictObject({ secondPerson: z.enum(RULING_DEMANDS) }).exactOptional(),
  /** Who may have SSH certificates signed, by the type of actor; left out: the default. */
  signing: z.strictObject({ adm: rolesSchema, agt: rolesSchema, atm: rolesSchema }).exactOptional(),
  /** People who may let a plan go without its approval in an emergency; a signature is still needed. */
  breakGlass: distinct(z.uuid(), EMERGENCY_PEOPLE_MAX),
});

export const changeRulesSchema = z.strictObject({
  /** The version that the page showed. */
  base: z.int().min(0),
  set: ruleSetSchema,
});

export const proposeRulesSchema = z.strictObject({ content: changeRulesSchema, reason: reasonSchema });
