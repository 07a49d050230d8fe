import { randomBytes, randomUUID } from "node:crypto";
import { and, desc, eq, gt, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { passkeyChallenge } from "#db/schema/passkey.ts";
import { CHALLENGE_MAX_MS } from "#server/domain/passkey/limits.ts";
import type { ChallengePurpose } from "#server/domain/passkey/states.ts";

interface Asked {
  sessionId: string;
  purpose: ChallengePurpose;
  at: Date;
}

/** A new challenge for one session and one purpose, base64url. */
export async function issueChallenge(tx: Tx, { sessionId, purpose, at }: Asked): Promise<string> {
  const challenge = randomBytes(32).toString("base64url");
  await tx.insert(passkeyChallenge).values({
    id: randomUUID(),
    challenge,
    purpose,
    sessionId,
    createdAt: at,
    expiresAt: new Date(at.getTime() + CHALLENGE_MAX_MS),
  });
  return challenge;
}

/** Spends this very challenge; false when it was not made for this session and purpose, is spent, or is too old. */
export async function spendChallenge(tx: Tx, asked: Asked, challenge: string): Promise<boolean> {
  const spent = await tx
    .update(passkeyChallenge)
    .set({ usedAt: asked.at })
    .where(and(eq(passkeyChallenge.challenge, challenge), isOpen(asked)))
    .returning({ id: passkeyChallenge.id });
  return spent.length === 1;
}

/** Spends whatever is open for a session and a purpose; answers when the newest of it was asked, or null. */
export async function spendOpen(tx: Tx, asked: Asked): Promise<Date | null> {
  const [newest] = await tx
    .select({ createdAt: passkeyChallenge.createdAt })
    .from(passkeyChallenge)
    .where(isOpen(asked))
    .orderBy(desc(passkeyChallenge.createdAt))
    .limit(1)
    .for("update");
  await tx.update(passkeyChallenge).set({ usedAt: asked.at }).where(isOpen(asked));
  return newest?.createdAt ?? null;
}

function isOpen({ sessionId, purpose, at }: Asked) {
  return and(
    eq(passkeyChallenge.sessionId, sessionId),
    eq(passkeyChallenge.purpose, purpose),
    isNull(passkeyChallenge.usedAt),
    gt(passkeyChallenge.expiresAt, at),
  );
}
