import { randomUUID } from "node:crypto";
import { desc } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { sshEngineToken } from "#db/schema/certificate.ts";
import { ENGINE_TOKEN } from "#server/domain/ssh-certificate/limits.ts";
import type { Engine } from "#server/domain/ssh-certificate/schema.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { lockCertificates } from "#server/services/certificate/rows.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import { SealError, type Sealer } from "../sealing.ts";
import type { CertificateParts } from "./certificate-parts.ts";
import type { EngineFault, OpenEngine } from "./engine-call.ts";

/** Bound to its address as well: moved to another one it does not open. */
const bindingOf = ({ id, addr }: { id: string; addr: string }) => ({
  id,
  tenantId: "ssh-engine",
  name: `token for ${addr}`,
  version: 1,
});

/** Keeps the token that the runner was started with, sealed; the same one is kept once. */
export async function keepEngineToken(
  { db, sealer, now }: CertificateParts,
  given: { addr: string; token: string },
): Promise<void> {
  const { addr } = given;
  await db.transaction(async (tx) => {
    await lockCertificates(tx);
    const [newest] = await tx
      .select({ addr: sshEngineToken.addr, fingerprint: sshEngineToken.fingerprint })
      .from(sshEngineToken)
      .orderBy(desc(sshEngineToken.at))
      .limit(1);
    const fingerprint = sealer.fingerprint(given.token);
    if (newest?.addr === addr && newest.fingerprint === fingerprint) return;
    const id = randomUUID();
    const at = now();
    const sealed = sealer.seal(given.token, bindingOf({ id, addr }));
    await tx.insert(sshEngineToken).values({ id, name: ENGINE_TOKEN, addr, fingerprint, sealed, at });
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "ssh_engine.token",
      outcome: "done",
      objectKind: "ssh_engine",
      objectId: id,
      details: { name: ENGINE_TOKEN, addr, fingerprint },
    });
  });
}

/** The engine with the token that is for its address; a token is opened for no other one. */
export async function openEngine(db: Db, sealer: Sealer, engine: Engine): Promise<OpenEngine | EngineFault> {
  const [row] = await db.select().from(sshEngineToken).orderBy(desc(sshEngineToken.at)).limit(1);
  if (row === undefined) return unavailable(`The runner has no ${ENGINE_TOKEN}.`);
  if (row.addr !== engine.addr) {
    return unavailable(`The token that the runner has is for ${row.addr}, and is sent nowhere else.`);
  }
  try {
    return { engine, token: sealer.open(row.sealed, bindingOf(row)) };
  } catch (error) {
    if (error instanceof SealError) return unavailable("The sealed token does not open with this key.");
    throw error;
  }
}

const unavailable = (says: string): EngineFault => ({ kind: "none", code: "engine_unavailable", says });
