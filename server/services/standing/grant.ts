import { randomUUID } from "node:crypto";
import { eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { standingApproval } from "#db/schema/standing.ts";
import { tenant } from "#db/schema/tenant.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import type { StandingContent } from "#server/domain/standing/cover.ts";
import { proposeStandingSchema, standingContentSchema } from "#server/domain/standing/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { getStanding, type StandingRow } from "./rows.ts";
import { describeStanding } from "./words.ts";
import { withdrawStanding } from "./withdraw.ts";

/** A change that may run again without a fresh approval: made by two people, and changed by taking another's place. */
export const standingGrant = proposalKind({
  kind: "standing.grant",
  actions: { propose: "standing.propose", decide: "standing.decide" },
  content: standingContentSchema,
  describe: async (tx, content) => {
    requireChanges(content);
    const nameOf = await requireNames(tx, content);
    const replaced = content.replaces === null ? null : await getLiveStanding(tx, content.replaces);
    const sentences = describeStanding(content, nameOf);
    return {
      title: `Let "${content.name}" run without a fresh approval`,
      says: "Whoever may ask for this change may then run it without asking a second person, within these bounds.",
      before:
        replaced === null
          ? ["Each of these changes takes a second person's approval."]
          : [
              `Standing approval ${replaced.number} ends.`,
              ...describeStanding(standingContentSchema.parse(replaced.content), nameOf),
            ],
      after: sentences,
    };
  },
  apply: async (tx, content, { proposalId, requestedBy, decidedBy, at }) => {
    if (new Date(content.until) <= at) {
      throw new DomainError("conflict", "Its time is over already. Nothing was changed.", {
        reason: "not_in_force",
      });
    }
    if (content.replaces !== null) {
      await withdrawStanding(tx, { standingId: content.replaces, proposalId, at });
    }
    const id = randomUUID();
    const [made] = await tx
      .insert(standingApproval)
      .values({
        id,
        proposalId,
        content,
        madeBy: requestedBy,
        agreedBy: decidedBy,
        maxUses: content.maxUses,
        validFrom: new Date(content.from),
        validUntil: new Date(content.until),
        at,
      })
      .returning({ number: standingApproval.number });
    assert(made, "the database numbers a standing approval");
    return { standingId: id, number: made.number };
  },
});

/** Asks for a standing approval. */
export const proposeStanding = proposeVerb(standingGrant, proposeStandingSchema);

/** Only operations that the catalogue knows, and none that destroys: what it does not know counts as that. */
function requireChanges({ operations }: StandingContent): void {
  const wrong = operations.find((name) => {
    const known = CATALOGUE.get(name);
    return known === undefined || known.effect === "destroy";
  });
  if (wrong === undefined) return;
  throw new DomainError(
    "invalid",
    `${wrong} destroys something or is not known, so it always takes a fresh approval. Nothing was asked for.`,
    { reason: "destroys", field: "content.operations" },
  );
}

async function getLiveStanding(tx: Db | Tx, standingId: string): Promise<StandingRow> {
  const row = await getStanding(tx, standingId);
  if (row.withdrawnAt === null) return row;
  throw new DomainError("conflict", "That standing approval was withdrawn. Nothing was changed.", {
    reason: "withdrawn",
  });
}

async function requireNames(tx: Db | Tx, { cloudId, tenants }: StandingContent) {
  const [clouds, found] = await Promise.all([
    tx.select({ id: cloud.id, name: cloud.name }).from(cloud).where(eq(cloud.id, cloudId)),
    tx
      .select({ id: tenant.id, name: tenant.slug })
      .from(tenant)
      .where(inArray(tenant.id, [...tenants])),
  ]);
  const names = new Map([...clouds, ...found].map(({ id, name }) => [id, name]));
  const missing = [cloudId, ...tenants].find((id) => !names.has(id));
  if (missing !== undefined) {
    throw new DomainError("invalid", `${missing} is not known here. Nothing was asked for.`, {
      reason: "unknown_name",
      field: "content",
    });
  }
  return (id: string) => names.get(id) ?? id;
}
