import { asc, desc, eq } from "drizzle-orm";
import { cloud } from "#db/schema/cloud.ts";
import { person } from "#db/schema/person.ts";
import { policyRevision } from "#db/schema/policy.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { STANDARD_RELEASE } from "#server/domain/identity-policy/keystone-release.ts";
import { STANDARD_SET } from "#server/domain/identity-policy/matrix-set.ts";
import { CATALOGUE_ACCOUNTS, CATALOGUE_ROLES } from "#server/domain/identity-policy/role-catalogue.ts";
import { readPolicySchema } from "#server/domain/identity-policy/schema.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { findPolicy } from "./rows.ts";

const HISTORY_LIMIT = 100;

/** A cloud's override as it was saved, with its history; an empty one where nobody has saved any. */
export const readPolicy = query({
  action: "policy.read",
  input: readPolicySchema,
  run: async (ctx, { cloudId, number }) => {
    const clouds = await ctx.db
      .select({ id: cloud.id, name: cloud.name })
      .from(cloud)
      .orderBy(asc(cloud.name));
    const chosen = cloudId === null ? clouds[0] : clouds.find(({ id }) => id === cloudId);
    if (cloudId !== null && chosen === undefined) throw noSuch("cloud", "cloudId");
    const ofCloud = { cloudId: chosen?.id ?? "" };
    const row = chosen === undefined ? null : await findPolicy(ctx.db, { ...ofCloud, number });
    if (number !== null && row === null) throw noSuch("revision of this policy", "number");
    const history =
      chosen === undefined
        ? []
        : await ctx.db
            .select({
              number: policyRevision.number,
              digest: policyRevision.digest,
              note: policyRevision.note,
              by: person.name,
              at: policyRevision.savedAt,
            })
            .from(policyRevision)
            .innerJoin(person, eq(person.id, policyRevision.savedBy))
            .where(eq(policyRevision.cloudId, chosen.id))
            .orderBy(desc(policyRevision.number))
            .limit(HISTORY_LIMIT);
    return {
      clouds,
      cloud: chosen ?? null,
      number: row?.number ?? 0,
      newest: history[0]?.number ?? 0,
      source: row?.source ?? "",
      live: row?.live ?? "",
      release: row?.release ?? STANDARD_RELEASE.id,
      set: row?.matrixSet ?? "",
      /** What is asked where no personas or places of one's own are saved. */
      standardSet: JSON.stringify(STANDARD_SET, null, 2),
      history,
      catalogue: { roles: CATALOGUE_ROLES, accounts: CATALOGUE_ACCOUNTS },
      may: { save: may(ctx, "policy.edit") },
    };
  },
});

function noSuch(what: string, field: string): DomainError {
  return new DomainError("not_found", `There is no such ${what}.`, { reason: "not_found", field });
}
