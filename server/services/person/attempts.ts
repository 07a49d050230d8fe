import { and, count, eq, gt } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { signInAttempt } from "#db/schema/person.ts";
import { THROTTLE } from "./limits.ts";

/** Failed attempts in the window, for an e-mail address or for an address that they came from. */
export async function countFailures(
  db: Db | Tx,
  of: { column: "email" | "address"; value: string; at: Date },
): Promise<number> {
  const since = new Date(of.at.getTime() - THROTTLE.windowMs);
  const [row] = await db
    .select({ n: count() })
    .from(signInAttempt)
    .where(
      and(
        eq(signInAttempt[of.column], of.value),
        gt(signInAttempt.at, since),
        eq(signInAttempt.succeeded, false),
      ),
    );
  return row?.n ?? 0;
}

/** Whether so many passwords of this account were wrong that the next one is not looked at. */
export async function hasTooManyFailures(db: Db | Tx, email: string, at: Date): Promise<boolean> {
  return (await countFailures(db, { column: "email", value: email, at })) >= THROTTLE.failuresPerEmail;
}

/** Writes down one attempt to prove a password. */
export async function insertAttempt(
  tx: Tx,
  attempt: { email: string; address: string; succeeded: boolean; at: Date },
): Promise<void> {
  await tx.insert(signInAttempt).values(attempt);
}
