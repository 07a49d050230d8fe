import * as z from "zod";
import { canonicalJson, type Json } from "../canonical/json.ts";
import { auditHash } from "./chain.ts";
import { hashSchema } from "./head.ts";

/** How an entry stands in an export: what its hash covers, in the canonical form, and the hash. */
const recordSchema = z.strictObject({
  event: z.strictObject({
    seq: z.int().min(1),
    at: z.iso.datetime(),
    actor: z.strictObject({ kind: z.string(), id: z.string(), name: z.string() }),
    action: z.string(),
    outcome: z.enum(["done", "denied", "failed"]),
    objectKind: z.string(),
    objectId: z.string(),
    details: z.record(z.string(), z.json()),
    previousHash: hashSchema,
  }),
  hash: hashSchema,
  /** Audit path to the root of the head, where entries stand alone. */
  proof: z.array(hashSchema).max(64).optional(),
});
export type AuditRecord = z.output<typeof recordSchema>;

export type ReadRecord = { kind: "record"; record: AuditRecord } | { kind: "bad"; says: string };

/**
 * Reads one line of an export strictly: JSON in exactly its canonical form, exactly the known members, and the hash
 * that the event has. `says` completes a sentence that begins with the entry.
 */
export function readRecord(line: string): ReadRecord {
  const value = parseJson(line);
  if (value === undefined) return { kind: "bad", says: "is no JSON" };
  if (!isCanonical(line, value)) {
    return { kind: "bad", says: "is not in its canonical form: members, numbers or spaces were changed" };
  }
  const event = eventOf(value);
  const parsed = recordSchema.safeParse(value);
  if (event === null || !parsed.success) return { kind: "bad", says: "has not the members of an entry" };
  const record = parsed.data;
  // The hash of what stands there, not of what a schema made of it.
  if (auditHash(event) !== record.hash) {
    return { kind: "bad", says: "was changed after it was written" };
  }
  return { kind: "record", record };
}

/** The JSON value of a text, or undefined where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    // Not JSON is an answer here, not a failure.
    return undefined;
  }
}

/** Whether a text is exactly the canonical form of the value it holds. */
export function isCanonical(text: string, value: Json): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    // A number or text without a canonical form.
    return false;
  }
}

function eventOf(value: Json): { readonly [key: string]: Json } | null {
  const event = isRecord(value) ? value["event"] : undefined;
  return event !== undefined && isRecord(event) ? event : null;
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
