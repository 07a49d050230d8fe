import { tenantGuard as definition } from "#server/domain/operation/tenant.ts";
import { protectedDomain } from "#server/domain/removal/protected.ts";
import { apiPath } from "#server/openstack/api-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { readDomainFacts, readScope, type TenantScope } from "./scope.ts";

/** Refuses a protected domain, and one that is gone without this console's doing; null when it may be removed. */
export async function refusal(
  context: Pick<PlanContext, "tenant" | "removedByUs">,
  reader: CloudReader,
  scope: TenantScope,
): Promise<StepDraft | null> {
  const facts = await readDomainFacts(reader, scope, context.tenant);
  if (facts === null) {
    const path = apiPath`/domains/${scope.domainId}`;
    return (await context.removedByUs({ service: "identity", path }))
      ? null
      : blocked(
          `There is no domain ${scope.domainId}, and no job of this tenant deleted it. Nothing was asked for.`,
          "Somebody deleted it outside this console. Find out who, and look for what it left before going on.",
        );
  }
  const why = protectedDomain(facts);
  return why === null
    ? null
    : blocked(
        why,
        "Nothing of it may be removed from here. If it really is a tenant, correct what is named first.",
      );
}

export const tenantGuard: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { domain_id }) {
    const reader = await openReader(context);
    const scope = await readScope(reader, domain_id, context.recorded);
    const refused = await refusal(context, reader, scope);
    if (refused !== null) return refused;
    return {
      disposition: "read",
      says:
        scope.domain === null
          ? "The domain is gone: an earlier job of this tenant removed it."
          : `The domain ${scope.domain.name} is this tenant's own, is none that the cloud keeps for itself, and holds no administrator and no service.`,
      outputs: {},
      preconditions: [{ says: "The domain may be removed", observed: scope.domain?.name ?? null }],
      reads: reader.reads,
    };
  },

  async readBack(context, { domain_id }) {
    const scope = await readScope(await openReader(context), domain_id, context.recorded);
    return { values: { domain: scope.domain === null ? "gone" : "present" } };
  },
};
