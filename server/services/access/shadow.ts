import { desc } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { accessDecision } from "#db/schema/access.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import type { PolicyPackage } from "#server/domain/access-policy/document.ts";
import { readCheck } from "#server/domain/access-policy/request.ts";
import { getAccess } from "./rows.ts";

/** Decisions that a package is laid over. */
const LOOKED_MAX = 1000;

export interface ShadowChange {
  decisionId: string;
  subject: string;
  resource: string;
  before: string;
  after: string;
}

/**
 * What a package would have said to the newest logged questions, over the registry as it is now, where that is something
 * else than was said. Nothing of it counts.
 */
export async function shadowOf(
  db: Db | Tx,
  candidate: PolicyPackage,
): Promise<{ looked: number; changed: ShadowChange[] }> {
  const { registry } = await getAccess(db);
  const policy = accessPolicy(registry, candidate);
  const rows = await db.select().from(accessDecision).orderBy(desc(accessDecision.seq)).limit(LOOKED_MAX);
  const changed = rows.flatMap((row) => {
    const read = readCheck(row.question);
    if (read.kind === "refused") return [];
    const { effect, reason } = policy.evaluate(read.value);
    const { decisionId, subject, resource } = row;
    return effect === row.effect && reason === row.reason
      ? []
      : [
          {
            decisionId,
            subject,
            resource,
            before: `${row.effect} ${row.reason}`,
            after: `${effect} ${reason}`,
          },
        ];
  });
  return { looked: rows.length, changed };
}
