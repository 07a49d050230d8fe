import * as z from "zod";
import { isKeepable } from "../../canonical/text.ts";
import { ROLES } from "../../person/states.ts";
import { DECISION_STATUSES } from "../decision/decision.ts";
import type { Trigger } from "./trigger.ts";

const codeSchema = z.string().trim().min(1).max(80);

/** A trigger as it is kept and sent: its date is ISO text. */
export const triggerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("date"),
    at: z.union([z.iso.date("Give a day such as 2026-09-30."), z.iso.datetime()]),
  }),
  z.strictObject({ kind: z.literal("item_closed"), id: codeSchema }),
  z.strictObject({
    kind: z.literal("decision_status"),
    id: codeSchema,
    status: z.enum(DECISION_STATUSES),
  }),
  z.strictObject({
    kind: z.literal("people_with_role"),
    role: z.enum(ROLES),
    atLeast: z.int().min(1).max(1000),
  }),
  z.strictObject({ kind: z.literal("check_result"), id: codeSchema, result: z.enum(["passed", "failed"]) }),
  z.strictObject({
    kind: z.literal("words"),
    text: z.string().trim().min(1, "Say what brings it back.").max(2000).refine(isKeepable),
  }),
]);
export type TriggerInput = z.output<typeof triggerSchema>;

/** The trigger with its date as one. */
export const openTrigger = (input: TriggerInput): Trigger =>
  input.kind === "date" ? { kind: "date", at: new Date(input.at) } : input;

/** A kept trigger, or null for one that cannot be read: it never fires, and a person has to set it anew. */
export function readTrigger(kept: unknown): Trigger | null {
  const parsed = triggerSchema.safeParse(kept);
  return parsed.success ? openTrigger(parsed.data) : null;
}

/** What a trigger waits for, as words behind "comes back". */
export function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case "date":
      return `on ${trigger.at.toISOString().slice(0, 10)}`;
    case "item_closed":
      return `when ${trigger.id} is closed`;
    case "decision_status":
      return `when ${trigger.id} is ${trigger.status}`;
    case "people_with_role":
      return `when ${trigger.atLeast} people have the role ${trigger.role}`;
    case "check_result":
      return `when ${trigger.id} has ${trigger.result}`;
    case "words":
      return trigger.text;
  }
}
