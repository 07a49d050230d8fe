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

/** One entry as it is kept: what its hash covers, and the hash. */
export interface ChainedEntry {
  readonly event: { readonly [key: string]: Json; readonly seq: number; readonly previousHash: string };
  readonly hash: string;
}

export type ChainVerdict =
  { kind: "whole"; seq: number; hash: string } | { kind: "broken"; seq: number; says: string };

/**
 * Walks the whole chain in the order of `seq` and names the first entry that is not where or what it was. A cut tail
 * shows only against a `head` kept elsewhere than in the entries.
 */
export function verifyChain(
  entries: Iterable<ChainedEntry>,
  head: { readonly seq: number; readonly hash: string },
): ChainVerdict {
  let last = { seq: 0, hash: EMPTY_HEAD };
  for (const { event, hash } of entries) {
    const seq = last.seq + 1;
    const broken = (says: string) => ({ kind: "broken", seq, says }) as const;
    if (event.seq !== seq) return broken(`Entry ${seq} is missing: entry ${event.seq} stands in its place.`);
    if (event.previousHash !== last.hash) return broken(`Entry ${seq} does not follow the entry before it.`);
    if (auditHash(event) !== hash) return broken(`Entry ${seq} was changed after it was written.`);
    last = { seq, hash };
  }
  if (last.seq < head.seq) {
    const seq = last.seq + 1;
    return { kind: "broken", seq, says: `Entry ${seq} is missing: the head stands at ${head.seq}.` };
  }
  if (last.seq !== head.seq || last.hash !== head.hash) {
    return { kind: "broken", seq: head.seq, says: `Entry ${head.seq} is not the one that the head names.` };
  }
  return { kind: "whole", ...last };
}
