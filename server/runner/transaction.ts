import type { Db, Tx } from "#db/client.ts";
import { isRolledBack } from "./database-error.ts";
import { TRANSACTION_TRIES } from "./limits.ts";

/**
 * A transaction that is made again when the database rolled it back for another one's sake (serialization failure,
 * deadlock): nothing of it was kept. `work` may therefore run up to five times. Every other error is thrown at once; a
 * COMMIT without an answer is among them, and only the caller can tell what became of it.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (tries >= TRANSACTION_TRIES || !isRolledBack(error)) throw error;
    }
  }
}
