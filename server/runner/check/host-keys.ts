import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { asc, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { hostKey } from "#db/schema/check.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import { removeFolder } from "../process/private-folder.ts";
import type { Sealer } from "../sealing.ts";
import type { CheckParts } from "./check-parts.ts";

/** What a sealed key belongs to; there is one version of each, and it is no tenant's. */
const bindingOf = (id: string) => ({ id, tenantId: "host", name: "ssh_key", version: 1 });

/** Makes the key that was asked for first; false when none waits. Only the sealed private half outlives the call. */
export async function makeHostKey(parts: CheckParts): Promise<boolean> {
  return parts.db.transaction(async (tx) => {
    const [row] = await tx
      .select({ id: hostKey.id, name: hostKey.name })
      .from(hostKey)
      .where(isNull(hostKey.madeAt))
      .orderBy(asc(hostKey.requestedAt))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!row) return false;
    const { privateKey, publicKey } = await generateKey();
    const at = parts.now();
    const sealed = parts.sealer.seal(privateKey, bindingOf(row.id));
    await tx.update(hostKey).set({ publicKey, sealed, madeAt: at }).where(eq(hostKey.id, row.id));
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "host_key.made",
      outcome: "done",
      objectKind: "host_key",
      objectId: row.id,
      details: { name: row.name, publicKey },
    });
    return true;
  });
}

/** The private key, opened; null when it was never made. Throws SealError. */
export async function openHostKey(db: Db | Tx, sealer: Sealer, keyId: string): Promise<string | null> {
  const [row] = await db.select({ sealed: hostKey.sealed }).from(hostKey).where(eq(hostKey.id, keyId));
  return row?.sealed ? sealer.open(row.sealed, bindingOf(keyId)) : null;
}

/** By ssh-keygen, in a folder that only this account enters and that is gone afterwards. */
async function generateKey(): Promise<{ privateKey: string; publicKey: string }> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-key-"));
  try {
    const path = join(folder, "key");
    await promisify(execFile)(
      "ssh-keygen",
      ["-q", "-t", "ed25519", "-N", "", "-C", "countersign", "-f", path],
      {
        timeout: 10_000,
      },
    );
    const [privateKey, line] = await Promise.all([readFile(path, "utf8"), readFile(`${path}.pub`, "utf8")]);
    const [type = "", base64 = ""] = line.trim().split(" ");
    return { privateKey, publicKey: `${type} ${base64}` };
  } finally {
    await removeFolder(folder);
  }
}
