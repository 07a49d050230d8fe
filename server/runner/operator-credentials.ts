import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import { cloud } from "#db/schema/cloud.ts";
import { secret } from "#db/schema/secret.ts";
import { tenant } from "#db/schema/tenant.ts";
import { isSuccessor } from "#server/domain/guest/api-token.ts";
import { HYPERVISOR_TOKEN } from "#server/domain/secret/names.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import type { ApiToken, CloudCredentials } from "#server/openstack/credentials.ts";
import type { RunnerParts } from "./parts.ts";

/**
 * What the console itself works with at a cloud: what clouds.yaml says, or, of a hypervisor, the token that a signed
 * rotation put in its place. Who writes another token into clouds.yaml by hand is heard again.
 */
export async function operatorCredentials(
  parts: Pick<RunnerParts, "db" | "sealer">,
  { name, credentials }: CloudConfig,
): Promise<CloudCredentials> {
  if (credentials.kind !== "api_token") return credentials;
  const rotated = await findRotated(parts, name);
  return rotated !== null && isSuccessor(rotated.id, credentials.id) ? rotated : credentials;
}

/** The newest sealed token of a hypervisor, with the id that the journal of the job that made it holds. */
async function findRotated(
  { db, sealer }: Pick<RunnerParts, "db" | "sealer">,
  cloudName: string,
): Promise<ApiToken | null> {
  const id = sql<string | null>`(
    select entry.body->'captured'->>'token_id' from journal_entry entry
    where entry.job_id = ${secret.jobId} and entry.kind = 'outcome' and entry.body->'captured' ? 'token_id'
    order by entry.seq desc limit 1)`;
  const [row] = await db
    .select({ secret, id })
    .from(secret)
    .innerJoin(tenant, eq(tenant.id, secret.tenantId))
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .where(and(eq(cloud.name, cloudName), eq(secret.name, HYPERVISOR_TOKEN), isNotNull(secret.sealed)))
    .orderBy(desc(secret.createdAt))
    .limit(1);
  if (!row?.secret.sealed || row.id === null) return null;
  return { kind: "api_token", id: row.id, secret: sealer.open(row.secret.sealed, row.secret) };
}
