import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { tenantCidrProblem } from "#server/domain/tenant/cidr.ts";
import { createTenantSchema } from "#server/domain/tenant/schema.ts";
import { getNewestVersion, ONBOARDING_SLUG } from "../runbook/published.ts";
import { verb } from "../verb.ts";

/** Starts a tenant's onboarding: a row in the console, nothing on the cloud. */
export const createTenant = verb({
  action: "tenant.create",
  input: createTenantSchema,
  // The cloud row is locked, so that two operators cannot take one network at the same moment.
  load: async (tx, { cloudId }) => {
    const [row] = await tx.select().from(cloud).where(eq(cloud.id, cloudId)).for("update");
    if (!row || row.kind !== "openstack")
      throw new DomainError("not_found", "There is no such cloud.", {
        reason: "not_found",
        field: "cloudId",
      });
    return row;
  },
  object: (row) => ({ kind: "cloud", id: row.id }),
  run: async (tx, { person, input, row, at }) => {
    await refuseTaken(tx, { slug: input.slug, cidr: input.inputs.cidr, cloud: row });
    const version = await getNewestVersion(tx, ONBOARDING_SLUG);
    const id = randomUUID();
    await tx.insert(tenant).values({
      id,
      slug: input.slug,
      cloudId: row.id,
      runbookVersionId: version.id,
      inputs: input.inputs,
      createdBy: person.personId,
      createdAt: at,
    });
    return {
      output: { tenantId: id },
      object: { kind: "tenant", id },
      audit: { slug: input.slug, cloud: row.name, inputs: input.inputs, runbook: version.contentHash },
    };
  },
});

async function refuseTaken(
  tx: Tx,
  wanted: { slug: string; cidr: string; cloud: typeof cloud.$inferSelect },
): Promise<void> {
  const others = await tx
    .select({ slug: tenant.slug, inputs: tenant.inputs })
    .from(tenant)
    .where(eq(tenant.cloudId, wanted.cloud.id));
  if (others.some(({ slug }) => slug === wanted.slug)) {
    throw new DomainError(
      "conflict",
      `A tenant named ${wanted.slug} exists on ${wanted.cloud.name}. Nothing was made.`,
      {
        reason: "exists",
        field: "slug",
      },
    );
  }
  const problem = tenantCidrProblem(
    wanted.cidr,
    wanted.cloud.tenantPool,
    others.map(({ slug, inputs }) => ({ cidr: inputs.cidr, by: slug })),
  );
  if (problem !== null) throw new DomainError("invalid", problem, { reason: "cidr", field: "inputs.cidr" });
}
