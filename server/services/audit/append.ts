import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { auditEntry, auditHead, auditNode } from "#db/schema/audit.ts";
import { auditHash } from "#server/domain/audit/chain.ts";
import { growFrontier } from "#server/domain/audit/merkle.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { Actor } from "#server/domain/policy/decide.ts";

export interface AuditEvent {
  actor: Actor | { kind: "anonymous"; address: string };
  at: Date;
  /** An action of the policy table, or a noun and verb of the runner such as `job.finished`. */
  action: string;
  outcome: "done" | "denied" | "failed";
  objectKind: string;
  objectId: string;
  /** Facts of the act. Never a secret. */
  details: { readonly [key: string]: Json };
}

/**
 * Appends one event to the chain and its tree inside the transaction of the act: no audit record, no act. The head row is locked,
 * so appenders queue and the chain cannot fork. Call it last in a transaction, to hold the lock briefly.
 */
export async function appendAudit(tx: Tx, event: AuditEvent): Promise<void> {
  const [head] = await tx
    .select()
    .from(auditHead)
    .where(eq(auditHead.id, 1))
    .for("update")
    .prepare("audit_head")
    .execute();
  assert(head, "the audit head exists");
  const entry = {
    seq: head.seq + 1,
    at: event.at,
    actor: actorRecord(event.actor),
    action: event.action,
    outcome: event.outcome,
    objectKind: event.objectKind,
    objectId: event.objectId,
    details: event.details,
    previousHash: head.hash,
  };
  const hash = auditHash(coveredBy(entry));
  const { frontier, made } = growFrontier(head.frontier, head.seq, hash);
  // Sent together: others wait for the head while these are on their way.
  await Promise.all([
    tx
      .insert(auditEntry)
      .values({ ...entry, hash })
      .prepare("audit_entry")
      .execute(),
    made.length > 0 ? tx.insert(auditNode).values(made).prepare("audit_node").execute() : null,
    tx
      .update(auditHead)
      .set({ seq: entry.seq, hash, frontier })
      .where(eq(auditHead.id, 1))
      .prepare("audit_head_moved")
      .execute(),
  ]);
}

/** What the hash of an entry covers: every column but the hash itself. */
export function coveredBy({ at, ...entry }: Omit<typeof auditEntry.$inferSelect, "hash">) {
  return { ...entry, at: at.toISOString() };
}

function actorRecord(actor: AuditEvent["actor"]): { kind: string; id: string; name: string } {
  switch (actor.kind) {
    case "person":
      return { kind: "person", id: actor.personId, name: actor.name };
    case "system":
      return { kind: "system", id: actor.name, name: actor.name };
    case "anonymous":
      return { kind: "anonymous", id: actor.address, name: "not signed in" };
  }
}
