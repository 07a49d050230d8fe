import * as z from "zod";
import { REMOVAL_PARTS } from "../removal/thing.ts";
import type { OperationDefinition } from "./definition.ts";
import { keystoneId } from "./parameters.ts";

/** Service types of a catalog that hold nothing of a tenant. https://service-types.openstack.org/ */
const holdsNothing = z.array(
  z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, "Use a service type of the catalog."),
);

export const tenantAudit = {
  id: "tenant.audit",
  version: 1,
  effect: "read",
  title: "List everything that the tenant owns",
  parameters: z.strictObject({
    domain_id: keystoneId,
    /** Parts that have to be empty by now; anything left in them stops the stage. */
    requires_gone: z.array(z.enum(REMOVAL_PARTS)),
    holds_nothing: holdsNothing,
  }),
  outputs: [
    "count",
    "things",
    "notes",
    "projects",
    "users",
    "cluster_id",
    "project_id",
    "trustee_id",
    "domain",
  ],
} as const satisfies OperationDefinition;

export const tenantGuard = {
  id: "tenant.guard",
  version: 1,
  effect: "read",
  title: "Make sure that the domain may be removed",
  parameters: z.strictObject({ domain_id: keystoneId }),
  outputs: ["domain"],
} as const satisfies OperationDefinition;

export const tenantRemove = {
  id: "tenant.remove",
  version: 1,
  effect: "destroy",
  title: "Remove a part of what the tenant owns",
  parameters: z.strictObject({
    domain_id: keystoneId,
    part: z.enum(REMOVAL_PARTS),
    holds_nothing: holdsNothing,
  }),
  outputs: ["part", "left_count", "left", "explanation", "advice"],
} as const satisfies OperationDefinition;

export const tenantAbsence = {
  id: "tenant.absence",
  version: 1,
  effect: "read",
  title: "Prove that nothing of the tenant is left",
  parameters: z.strictObject({ domain_id: keystoneId, holds_nothing: holdsNothing }),
  outputs: ["domain", "left_count", "left", "explanation", "advice"],
} as const satisfies OperationDefinition;
