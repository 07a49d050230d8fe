import { createHash, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { cloud } from "#db/schema/cloud.ts";
import { policyRevision } from "#db/schema/policy.ts";
import { readSetText } from "#server/domain/identity-policy/analysis.ts";
import { judgePolicy } from "#server/domain/identity-policy/cloud-policy.ts";
import { REVISIONS_MAX } from "#server/domain/identity-policy/limits.ts";
import { savePolicySchema } from "#server/domain/identity-policy/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";
import { badField } from "./analyse.ts";
import { findPolicy } from "./rows.ts";

/**
 * Keeps an override as the cloud's next revision; what its findings are is no matter, it is a draft until it is delivered.
 * Refused where somebody else has saved since the text was opened, and where what is under it cannot be read.
 */
export const savePolicy = verb({
  action: "policy.edit",
  input: savePolicySchema,
  load: async (tx, { cloudId }) => {
    const [row] = await tx.select({ id: cloud.id }).from(cloud).where(eq(cloud.id, cloudId)).for("update");
    if (row) return { cloudId, newest: await findPolicy(tx, { cloudId, number: null }) };
    throw new DomainError("not_found", "There is no such cloud. Nothing was saved.", {
      reason: "not_found",
      field: "cloudId",
    });
  },
  object: ({ cloudId }) => ({ kind: "policy", id: cloudId }),
  run: async (tx, { person, input, row: { newest }, at }) => {
    const { cloudId, baseNumber, source, live, release, set, note } = input;
    const last = newest?.number ?? 0;
    if (last !== baseNumber) {
      const says = `Somebody saved this policy meanwhile: it is at revision ${last}, you edited ${baseNumber}. Your text was not saved; compare, then save again.`;
      throw new DomainError("conflict", says, { reason: "policy_changed", facts: { number: last } });
    }
    if (last >= REVISIONS_MAX) {
      const says = "This policy has been saved too often. Nothing was saved.";
      throw new DomainError("limit", says, { reason: "too_many_revisions" });
    }
    const read = judgePolicy({ source, live, release });
    if (read.kind === "bad") throw badField(read);
    const readSet = readSetText(set);
    if (readSet.kind === "bad") throw badField({ ...readSet, field: "set" });
    if (newest !== null && isSame(newest, input)) {
      throw new DomainError("conflict", "Nothing has changed since this was saved.", { reason: "unchanged" });
    }
    const number = last + 1;
    const digest = createHash("sha256").update(source, "utf8").digest("hex");
    await tx.insert(policyRevision).values({
      id: randomUUID(),
      cloudId,
      number,
      source,
      live,
      release,
      matrixSet: set,
      note,
      digest,
      savedBy: person.personId,
      savedAt: at,
    });
    return { output: { number }, audit: { number, digest, release, note } };
  },
});

function isSame(
  row: typeof policyRevision.$inferSelect,
  { source, live, release, set }: { source: string; live: string; release: string; set: string },
): boolean {
  return row.source === source && row.live === live && row.release === release && row.matrixSet === set;
}
