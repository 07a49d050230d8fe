import { desc } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { auditEntry, auditHead } from "#db/schema/audit.ts";
import { auditHash, EMPTY_HEAD } from "#server/domain/audit/chain.ts";
import { headProblem, type SignedHead } from "#server/domain/audit/head.ts";
import { rootOf } from "#server/domain/audit/merkle.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { coveredBy } from "#server/services/audit/append.ts";
import { readRoot } from "#server/services/audit/tree.ts";
import { findNewestHead, LogError } from "./heads.ts";

/** Newest entries whose hashes are computed again at every start. */
const TAIL_ENTRIES = 1000;

/**
 * Computes the end of the chain again, and the tree's root at its head and at the newest head signed in this database.
 * Throws LogError naming the first bad entry.
 */
export async function checkTail(db: Db): Promise<void> {
  // One snapshot: other hosts may be appending.
  await db.transaction(
    async (tx) => {
      const [head] = await tx.select().from(auditHead);
      assert(head, "the audit head exists");
      const newest = await tx.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(TAIL_ENTRIES);
      const rows = newest.toReversed();
      let last = { seq: head.seq - rows.length, hash: rows[0]?.previousHash ?? EMPTY_HEAD };
      for (const { hash, ...entry } of rows) {
        const seq = last.seq + 1;
        const isWhole =
          entry.seq === seq && entry.previousHash === last.hash && auditHash(coveredBy(entry)) === hash;
        if (!isWhole) throw changed(`Entry ${seq} of the audit log is not what was written.`);
        last = { seq, hash };
      }
      if (last.seq !== head.seq || last.hash !== head.hash) {
        throw changed(`Entry ${head.seq} of the audit log is not the one that its head names.`);
      }
      if ((await readRoot(tx, head.seq)) !== rootOf(head.frontier)) {
        throw changed(`The tree over the ${head.seq} entries of the audit log does not fit its head.`);
      }
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
  const signed = await findNewestHead(db);
  if (signed !== null && !(await continues(db, signed.head))) {
    throw changed(`The audit log is not the one that was signed over ${signed.size} entries.`);
  }
}

/** Whether the log in the database begins with what a head was signed over. */
export async function continues(db: Db, head: SignedHead): Promise<boolean> {
  const [now] = await db.select({ seq: auditHead.seq }).from(auditHead);
  return head.size <= (now?.seq ?? 0) && (await readRoot(db, head.size)) === head.root;
}

/** A head that was kept outside has to be ours before it is believed. Throws LogError. */
export function requireOwn(head: SignedHead, publicKey: string, place: string): void {
  const problem = headProblem(head, publicKey);
  if (problem === null) return;
  throw new LogError(
    `The newest head in ${place} is not to be relied on: ${problem}. Nothing was started. Find out who changed it.`,
  );
}

function changed(says: string): LogError {
  return new LogError(
    `${says} Nothing was started. Keep the database as it is, and compare an export of it with the heads that are kept elsewhere.`,
  );
}
