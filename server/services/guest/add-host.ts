import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { cloud } from "#db/schema/cloud.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { addHostSchema } from "#server/domain/guest/schema.ts";
import { getNewestVersion, GUESTS_SLUG } from "../runbook/published.ts";
import { verb } from "../verb.ts";

/** Takes a node of a hypervisor into the console: a row here, nothing there. */
export const addHost = verb({
  action: "guest.add_host",
  input: addHostSchema,
  load: async (tx, { cloudId }) => {
    const [row] = await tx.select().from(cloud).where(eq(cloud.id, cloudId)).for("update");
    if (row?.kind === "hypervisor") return row;
    throw new DomainError("not_found", "There is no such hypervisor.", {
      reason: "not_found",
      field: "cloudId",
    });
  },
  object: (row) => ({ kind: "cloud", id: row.id }),
  run: async (tx, { person, input, row, at }) => {
    const there = await tx
      .select({ id: tenant.id })
      .from(tenant)
      .where(and(eq(tenant.cloudId, row.id), eq(tenant.slug, input.node)));
    if (there.length > 0) {
      throw new DomainError(
        "conflict",
        `The host ${input.node} of ${row.name} is there already. Nothing was made.`,
        {
          reason: "exists",
          field: "node",
        },
      );
    }
    const version = await getNewestVersion(tx, GUESTS_SLUG);
    const id = randomUUID();
    await tx.insert(tenant).values({
      id,
      slug: input.node,
      cloudId: row.id,
      runbookVersionId: version.id,
      inputs: {},
      createdBy: person.personId,
      createdAt: at,
    });
    return {
      output: { tenantId: id },
      object: { kind: "tenant", id },
      audit: { host: input.node, cloud: row.name, runbook: version.contentHash },
    };
  },
});
