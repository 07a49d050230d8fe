import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { signedHead, signingAnswer, signingRequest } from "#db/schema/audit.ts";
import type { SignedHead } from "#server/domain/audit/head.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";

/** The runner hears of a request at once; longer than this means that it is not there. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 50;

/** Asks the runner, who alone has the key, for a head over the log as it is when he answers. */
export const requestHead = verb({
  action: "audit.sign",
  input: z.strictObject({}),
  load: () => Promise.resolve(null),
  object: () => ({ kind: "log", id: "audit" }),
  run: async (tx, { person, at }) => {
    const requestId = await askForHead(tx, { personId: person.personId, at });
    return { output: { requestId }, audit: {} };
  },
});

/** Writes down the request for a head, in the transaction of the act that needs one. */
export async function askForHead(tx: Tx, given: { personId: string; at: Date }): Promise<string> {
  const id = randomUUID();
  await tx.insert(signingRequest).values({ id, kind: "head", requestedBy: given.personId, at: given.at });
  return id;
}

/** Asks for a signature over a manifest's digest. */
export async function askForManifest(
  db: Db,
  given: { personId: string; at: Date; digest: string },
): Promise<string> {
  const id = randomUUID();
  const { personId: requestedBy, at, digest } = given;
  await db.insert(signingRequest).values({ id, kind: "manifest", digest, requestedBy, at });
  return id;
}

/** The head that was asked for. Throws `unavailable` when nobody signs in time. */
export async function awaitHead(db: Db, requestId: string): Promise<SignedHead> {
  const { headId } = await awaitAnswer(db, requestId);
  const [row] = headId === null ? [] : await db.select().from(signedHead).where(eq(signedHead.id, headId));
  if (!row) throw notSigned();
  return row.head;
}

/** The signature that was asked for, and when it was made. Throws `unavailable` when nobody signs in time. */
export async function awaitSignature(db: Db, requestId: string): Promise<{ signature: string; at: Date }> {
  const { signature, at } = await awaitAnswer(db, requestId);
  if (signature === null) throw notSigned();
  return { signature, at };
}

async function awaitAnswer(db: Db, requestId: string): Promise<typeof signingAnswer.$inferSelect> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    const [row] = await db.select().from(signingAnswer).where(eq(signingAnswer.requestId, requestId));
    if (row) return row;
    await sleep(LOOK_EVERY_MS);
  }
  throw notSigned();
}

function notSigned(): DomainError {
  return new DomainError(
    "unavailable",
    "The runner, which holds the signing key, did not answer. Nothing was made. Try again when it runs.",
    { reason: "not_signed" },
  );
}
