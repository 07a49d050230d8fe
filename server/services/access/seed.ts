import type { Db } from "#db/client.ts";
import { accessPackage, accessRegistry } from "#db/schema/access.ts";
import type { Clock } from "#server/clock.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import { runCases } from "#server/domain/access-policy/fixtures.ts";
import { generateSnapshot, snapshotText } from "#server/domain/actor/generate.ts";
import { readSnapshotText } from "#server/domain/actor/snapshot.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { appendAudit } from "../audit/append.ts";

/**
 * Gives an installation its first registry and its first policy package. `hasExamples`: with the actors that the package
 * is tried with, else with none. Does nothing where there is one already, and answers whether it did.
 */
export async function seedAccess(
  db: Db,
  clock: Clock,
  { document, hasExamples }: { document: string; hasExamples: boolean },
): Promise<boolean> {
  const read = readPackage(document);
  if (read.kind === "refused") {
    throw new DomainError("invalid", "The shipped policy package cannot be read.", { reason: "unreadable" });
  }
  const actors = hasExamples ? (read.package.inventory ?? []).filter(({ isRetired }) => !isRetired) : [];
  const snapshot = snapshotText(generateSnapshot(actors));
  const registry = readSnapshotText(snapshot);
  if (registry.kind === "refused") {
    throw new DomainError("invalid", "The first registry cannot be read.", { reason: "unreadable" });
  }
  const { digest } = registry.registry;
  const results = runCases(read.package, registry.registry);
  const { front, version } = read.package;
  return db.transaction(async (tx) => {
    const at = clock();
    const made = await tx
      .insert(accessRegistry)
      .values({ number: 1, snapshot, digest, says: "The first registry.", at })
      .onConflictDoNothing()
      .returning({ number: accessRegistry.number });
    if (made.length === 0) return false;
    const passing = results.filter(({ isPassing }) => isPassing).length;
    const cases = results.length;
    await tx
      .insert(accessPackage)
      .values({ number: 1, document, name: front.package, version, passing, cases, at });
    await appendAudit(tx, {
      actor: { kind: "system", name: "supervisor" },
      at,
      action: "access.seed",
      outcome: "done",
      objectKind: "installation",
      objectId: "access",
      details: { registry: digest, package: front.package, version },
    });
    return true;
  });
}
