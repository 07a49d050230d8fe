import type { Db } from "#db/client.ts";
import type { SavedPolicy } from "#server/domain/identity-policy/cloud-policy.ts";
import { findPolicy } from "#server/services/policy/rows.ts";

/** What operations on an identity policy go by: the newest that somebody has saved for the cloud; null for none. */
export async function readSavedPolicy(db: Db, cloudId: string): Promise<SavedPolicy | null> {
  const row = await findPolicy(db, { cloudId, number: null });
  if (row === null) return null;
  const { number, digest, source, live, release, matrixSet } = row;
  return { number, digest, source, live, release, set: matrixSet };
}
