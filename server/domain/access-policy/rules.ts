import * as z from "zod";
import type { Ruling } from "../decision/decide.ts";
import { type Condition, type Facts, readCondition } from "./condition.ts";
import type { DocumentFaults } from "./document-fault.ts";

/** One rule that was read. */
interface Rule {
  name: string;
  when: readonly Condition[];
  require: readonly { reason: string; conditions: readonly Condition[] }[];
  verdict: { effect: "allow" | "deny"; reason: string };
}

export interface RuleSet {
  rules: readonly Rule[];
}

const codeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,79}$/, "A reason is small letters, digits and underscores.");
const conditionsSchema = z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1).max(50)]);
const ruleSchema = z
  .strictObject({
    rule: z.string().regex(/^[a-z][a-z0-9-]{0,79}$/, "A rule is named by small letters, digits and hyphens."),
    when: conditionsSchema,
    require: z
      .array(
        z
          .record(codeSchema, conditionsSchema)
          .refine(
            (one) => Object.keys(one).length === 1,
            "Each requirement is one reason and its conditions.",
          ),
      )
      .max(50)
      .default([]),
    allow: codeSchema.optional(),
    deny: codeSchema.optional(),
  })
  .refine(({ allow, deny }) => (allow === undefined) !== (deny === undefined), {
    message: "A rule either allows or denies, with its reason.",
    path: ["allow"],
  });

export const rulesSchema = z.array(ruleSchema).min(1).max(200);

/** Turns rules as they are written into rules that are asked. What cannot be read is added to `faults`. */
export function compileRules(written: z.output<typeof rulesSchema>, faults: DocumentFaults): RuleSet {
  const names = new Set<string>();
  const rules = written.map(({ rule: name, when, require, allow, deny }): Rule => {
    if (names.has(name)) faults.add(`rules.${name}`, `The rule ${name} stands here twice.`);
    names.add(name);
    const compile = (texts: readonly string[], part: string) =>
      texts.flatMap((text, index) => {
        const read = readCondition(text);
        if (read.kind === "read") return [read.holds];
        faults.add(`rules.${name}.${part}[${index}]`, read.says);
        return [];
      });
    return {
      name,
      when: compile(when, "when"),
      require: require.flatMap((one) =>
        Object.entries(one).map(([reason, texts]) => ({
          reason,
          conditions: compile(texts, `require.${reason}`),
        })),
      ),
      verdict:
        allow === undefined
          ? { effect: "deny", reason: deny ?? NO_RULE }
          : { effect: "allow", reason: allow },
    };
  });
  return { rules };
}

const NO_RULE = "no_matching_rule";

/**
 * The first rule whose conditions all hold decides. Its requirements are looked at in their order; the first that does
 * not hold denies with its reason. Where no rule is about the question it is denied.
 */
export function evaluateRules({ rules }: RuleSet, facts: Facts): Ruling {
  for (const { name, when, require, verdict } of rules) {
    if (!when.every((holds) => holds(facts))) continue;
    const failed = require.find(({ conditions }) => !conditions.every((holds) => holds(facts)));
    return failed === undefined
      ? { ...verdict, rule: name }
      : { effect: "deny", reason: failed.reason, rule: name };
  }
  return { effect: "deny", reason: NO_RULE, rule: "default" };
}
