import type { Db, Tx } from "#db/client.ts";
import { DEFAULT_SIGNING, type SigningRoles } from "#server/domain/policy/signing.ts";
import { findRules } from "./current.ts";

/** Who may have certificates signed, by the rules in force; null where they cannot be read, and then nobody may. */
export async function findSigningRoles(db: Db | Tx): Promise<SigningRoles | null> {
  const inForce = await findRules(db);
  return inForce === null ? null : (inForce.set.signing ?? DEFAULT_SIGNING);
}
