import { hkdfSync, randomUUID } from "node:crypto";
import { and, asc, desc, eq, gt, isNull } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { auditHead, installationKey, signedHead, signingAnswer, signingRequest } from "#db/schema/audit.ts";
import type { Clock } from "#server/clock.ts";
import { type SignedHead, signHead } from "#server/domain/audit/head.ts";
import { type InstallationKey, installationKey as keyOfSeed } from "#server/domain/audit/installation-key.ts";
import { rootOf } from "#server/domain/audit/merkle.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { manifestStatement } from "#server/domain/evidence/manifest.ts";
import { readRoot } from "#server/services/audit/tree.ts";

export interface LogParts {
  db: Db;
  key: InstallationKey;
  now: Clock;
}

/** The audit log is not what it must be; the message is a sentence for whoever runs the console. */
export class LogError extends Error {
  override readonly name = "LogError";
}

/** A grown log gets a head this often, in milliseconds. */
const HEAD_EVERY_MS = 60_000;
/** And one that did not grow, so that a missing head means a missing runner. */
const HEAD_IDLE_MS = 60 * 60_000;
/** An older request is no longer waited for. */
const REQUEST_MAX_AGE_MS = 10 * 60_000;
const REQUESTS_AT_ONCE = 20;

/**
 * The installation's signing key, derived from the sealing key (HKDF, RFC 5869): made with it at the first start, the
 * same on every host that shares the database, and known to no process but the runner.
 */
export function deriveInstallationKey(sealKey: Uint8Array): InstallationKey {
  return keyOfSeed(new Uint8Array(hkdfSync("sha256", sealKey, "", "countersign installation key", 32)));
}

/** Writes the public key down at the first start; later a key that is not that one is refused. Throws LogError. */
export async function enterKey({ db, key, now }: LogParts): Promise<void> {
  const { keyId, publicKey } = key;
  await db.insert(installationKey).values({ id: 1, keyId, publicKey, at: now() }).onConflictDoNothing();
  const [row] = await db.select().from(installationKey);
  if (row?.publicKey === publicKey) return;
  throw new LogError(
    `The audit log of this database is signed with another key than COUNTERSIGN_SEAL_KEY gives: ${row?.keyId ?? "none"}. ` +
      "Nothing was started. Set COUNTERSIGN_SEAL_KEY to the key this database was set up with.",
  );
}

export type HeadRow = typeof signedHead.$inferSelect;

export async function findNewestHead(db: Db): Promise<HeadRow | null> {
  const [row] = await db
    .select()
    .from(signedHead)
    .orderBy(desc(signedHead.size), desc(signedHead.at))
    .limit(1);
  return row ?? null;
}

/**
 * Signs the log as it is now. Refuses, with LogError, a tree that does not fit its head and a log that is not the one
 * signed before: a signature would make it look like one.
 */
export async function signLog({ db, key, now }: LogParts): Promise<HeadRow> {
  const [head] = await db.select().from(auditHead);
  assert(head, "the audit head exists");
  const root = rootOf(head.frontier);
  if ((await readRoot(db, head.seq)) !== root) {
    throw new LogError(`The audit tree over ${head.seq} entries does not fit its head. No head was signed.`);
  }
  const newest = await findNewestHead(db);
  if (newest !== null) await requireGrownFrom(db, newest.head, head.seq);
  const at = now();
  const row = { id: randomUUID(), size: head.seq, at, head: signHead(key, { size: head.seq, root, at }) };
  await db.insert(signedHead).values(row);
  return row;
}

async function requireGrownFrom(db: Db, before: SignedHead, size: number): Promise<void> {
  if (before.size <= size && (await readRoot(db, before.size)) === before.root) return;
  throw new LogError(
    `The audit log is not the one that was signed over ${before.size} entries at ${before.at}. No head was signed.`,
  );
}

/** Signs when it is time to. Answers the head, or null when none was due. */
export async function signWhenDue(parts: LogParts, isLast = false): Promise<HeadRow | null> {
  const newest = await findNewestHead(parts.db);
  if (newest === null) return signLog(parts);
  const [head] = await parts.db.select({ seq: auditHead.seq }).from(auditHead);
  const age = parts.now().getTime() - newest.at.getTime();
  const hasGrown = (head?.seq ?? 0) > newest.size;
  const isDue = (hasGrown && (isLast || age >= HEAD_EVERY_MS)) || age >= HEAD_IDLE_MS;
  return isDue ? signLog(parts) : null;
}

/** Answers what people asked to have signed. Answers how many. */
export async function answerSigning(parts: LogParts): Promise<number> {
  const since = new Date(parts.now().getTime() - REQUEST_MAX_AGE_MS);
  const open = await parts.db
    .select({ request: signingRequest })
    .from(signingRequest)
    .leftJoin(signingAnswer, eq(signingAnswer.requestId, signingRequest.id))
    .where(and(gt(signingRequest.at, since), isNull(signingAnswer.requestId)))
    .orderBy(asc(signingRequest.at))
    .limit(REQUESTS_AT_ONCE);
  for (const { request } of open) {
    const answer = request.kind === "head" ? await answerHead(parts) : signManifest(parts, request.digest);
    // Another runner may have answered meanwhile: one answer is as good as the other.
    await parts.db
      .insert(signingAnswer)
      .values({ requestId: request.id, ...answer })
      .onConflictDoNothing();
  }
  return open.length;
}

async function answerHead(parts: LogParts) {
  const { id, at } = await signLog(parts);
  return { headId: id, at };
}

function signManifest({ key, now }: LogParts, digest: string | null) {
  assert(digest, "a manifest is signed by its digest");
  const at = now();
  const signature = key.sign(manifestStatement({ digest, at: at.toISOString(), key: key.keyId }));
  return { signature, at };
}
