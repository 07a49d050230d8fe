import * as z from "zod";
import { canonicalJson, type Json } from "../canonical/json.ts";
import { findUnsafe } from "./safe-json.ts";
import { parseInstant } from "./instant.ts";

/** In bytes of the canonical form. */
const OPERATION_LIMIT = 65_536;
const LIFETIME_LIMIT_MS = 24 * 60 * 60 * 1000;

const isText = (text: string) => text.isWellFormed() && !/\p{Cc}/u.test(text);

const text = (least: number, most: number) =>
  z.string().min(least).max(most).refine(isText, "has no control characters");

const instant = z.string().refine((value) => parseInstant(value) !== null, "is an RFC 3339 time with a zone");

/** The parameters of an operation: any JSON object that every reader reads alike. */
const paramsSchema = z
  .custom<{ readonly [key: string]: Json }>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "is an object",
  )
  .refine((value) => findUnsafe(value) === null, "holds what two readers could read differently");

/**
 * What a signer signs, in canonical JSON. `target.host_id` is the installation or cloud that carries it out and
 * `target.guest_id` the tenant or other thing it is about; empty: the whole host. `key_id` is a hint for people and
 * decides nothing. Times are RFC 3339 with a zone, at most 24 hours apart.
 */
export const operationEnvelopeSchema = z
  .strictObject({
    op: text(1, 128),
    target: z.strictObject({ host_id: text(1, 256), guest_id: text(0, 256) }),
    params: paramsSchema,
    nonce: z.string().regex(/^[A-Za-z0-9_-]{16,128}$/, "is 16 to 128 of A-Z a-z 0-9 _ -"),
    issued_at: instant,
    expires_at: instant,
    key_id: text(0, 256),
  })
  .refine((envelope) => {
    const { issuedAt, expiresAt } = lifetimeOf(envelope);
    const lifetime = expiresAt.getTime() - issuedAt.getTime();
    return lifetime > 0 && lifetime <= LIFETIME_LIMIT_MS;
  }, "lives more than 0 and at most 24 hours");

export type OperationEnvelope = z.output<typeof operationEnvelopeSchema>;

/** From when to when. Times that cannot be read are no times, and every comparison with one fails. */
export function lifetimeOf({ issued_at, expires_at }: { issued_at: string; expires_at: string }) {
  const none = new Date(Number.NaN);
  return { issuedAt: parseInstant(issued_at) ?? none, expiresAt: parseInstant(expires_at) ?? none };
}

/** The exact bytes that are signed: RFC 8785, UTF-8, no line end. */
export function canonicalOperation(envelope: OperationEnvelope): Uint8Array {
  return new TextEncoder().encode(canonicalJson(envelope));
}

/**
 * The operation in these bytes, or null: not UTF-8, not JSON, other members than the seven, values out of bounds, or
 * not the canonical form. The last closes the door to two readers seeing two operations in one signed text.
 */
export function parseOperation(bytes: Uint8Array): OperationEnvelope | null {
  if (bytes.length > OPERATION_LIMIT) return null;
  const parsed = operationEnvelopeSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) return null;
  return Buffer.compare(canonicalOperation(parsed.data), bytes) === 0 ? parsed.data : null;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // Not UTF-8 or not JSON: no envelope is null.
    return null;
  }
}
