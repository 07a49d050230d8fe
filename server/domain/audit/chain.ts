import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../canonical/json.ts";

/** Hash of the entry before the first one. */
export const EMPTY_HEAD = "0".repeat(64);

/**
 * Leaf hash of one audit event, RFC 9162 section 2.1.1: SHA-256 over 0x00 and the canonical event. The event names its
 * sequence number and the hash before it, so an edit, a gap or a swap shows at the first bad entry.
 */
export function auditHash(event: { readonly [key: string]: Json }): string {
  return createHash("sha256").update("\0", "latin1").update(canonicalJson(event), "utf8").digest("hex");
}
