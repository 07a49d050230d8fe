import { randomUUID } from "node:crypto";
import { and, desc, eq, isNotNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { secret } from "#db/schema/secret.ts";
import type { SealedName } from "#server/domain/secret/names.ts";
import type { Sealer } from "./sealing.ts";

export interface OpenedSecret {
  id: string;
  name: SealedName;
  value: string;
  fingerprint: string;
  jobId: string;
  createdAt: Date;
}

/** The newest sealed value of that name, opened; null when there is none or it was destroyed. Throws SealError. */
export async function openSecret(
  db: Db | Tx,
  sealer: Sealer,
  wanted: { tenantId: string; name: SealedName },
): Promise<OpenedSecret | null> {
  const [row] = await db
    .select()
    .from(secret)
    .where(and(eq(secret.tenantId, wanted.tenantId), eq(secret.name, wanted.name)))
    .orderBy(desc(secret.version))
    .limit(1);
  if (!row?.sealed) return null;
  const { id, name, fingerprint, jobId, createdAt } = row;
  return { id, name, fingerprint, jobId, createdAt, value: sealer.open(row.sealed, row) };
}

/** Names whose newest value is sealed and not destroyed. */
export async function listHeldSecrets(db: Db | Tx, tenantId: string): Promise<Set<string>> {
  const rows = await db
    .selectDistinctOn([secret.name], { name: secret.name, destroyedAt: secret.destroyedAt })
    .from(secret)
    .where(eq(secret.tenantId, tenantId))
    .orderBy(secret.name, desc(secret.version));
  return new Set(rows.filter((row) => row.destroyedAt === null).map((row) => row.name));
}

/** Fingerprints of the values that are sealed now, by name. */
export async function listFingerprints(db: Db | Tx, tenantId: string): Promise<Map<string, string>> {
  const rows = await db
    .selectDistinctOn([secret.name], {
      name: secret.name,
      fingerprint: secret.fingerprint,
      destroyedAt: secret.destroyedAt,
    })
    .from(secret)
    .where(eq(secret.tenantId, tenantId))
    .orderBy(secret.name, desc(secret.version));
  return new Map(rows.flatMap((row) => (row.destroyedAt === null ? [[row.name, row.fingerprint]] : [])));
}

/** Seals a value as the next version of its name. Within a tenant's lane only: versions are counted here. */
export async function sealSecret(
  tx: Tx,
  sealer: Sealer,
  given: { tenantId: string; name: SealedName; value: string; jobId: string; at: Date },
): Promise<{ id: string; version: number; fingerprint: string }> {
  const { tenantId, name, value, jobId, at } = given;
  const [newest] = await tx
    .select({ version: secret.version })
    .from(secret)
    .where(and(eq(secret.tenantId, tenantId), eq(secret.name, name)))
    .orderBy(desc(secret.version))
    .limit(1);
  const row = { id: randomUUID(), tenantId, name, version: (newest?.version ?? 0) + 1 };
  const fingerprint = sealer.fingerprint(value);
  await tx.insert(secret).values({
    ...row,
    sealed: sealer.seal(value, row),
    fingerprint,
    jobId,
    createdAt: at,
  });
  return { id: row.id, version: row.version, fingerprint };
}

/** Start-up check: the newest sealed row opens with this key. Throws SealError with a sentence. */
export async function assertSealKey(db: Db, sealer: Sealer): Promise<void> {
  const [row] = await db
    .select()
    .from(secret)
    .where(isNotNull(secret.sealed))
    .orderBy(desc(secret.createdAt), desc(secret.version))
    .limit(1);
  if (row?.sealed) sealer.open(row.sealed, row);
}
