import * as z from "zod";
import type { OperationDefinition } from "./definition.ts";
import { atLeastOne, keystoneId, objectName } from "./parameters.ts";

export const flavorsFind = {
  id: "compute.flavors.find",
  version: 1,
  effect: "read",
  title: "Find a public flavor that is large enough",
  parameters: z.strictObject({
    /** Taken when it is large enough; otherwise the smallest that is. */
    prefer: objectName,
    min_vcpus: atLeastOne,
    min_ram_mb: atLeastOne,
  }),
  outputs: ["id", "name", "vcpus", "ram_mb", "is_preferred", "capable"],
} as const satisfies OperationDefinition;

export const computeQuotaRead = {
  id: "compute.quota.read",
  version: 1,
  effect: "read",
  title: "Read the compute limits that a new project gets",
  parameters: z.strictObject({}),
  outputs: ["instances", "cores", "ram_mb", "key_pairs"],
} as const satisfies OperationDefinition;

export const computeQuotaEnsure = {
  id: "compute.quota.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the compute quota is set",
  parameters: z.strictObject({
    project_id: keystoneId,
    instances: atLeastOne,
    cores: atLeastOne,
    ram_mb: atLeastOne,
  }),
  outputs: ["project_exists", "instances", "cores", "ram_mb"],
} as const satisfies OperationDefinition;

export const keypairEnsure = {
  id: "compute.keypair.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the keypair exists",
  parameters: z.strictObject({
    // Nova takes letters, digits, space, underscore and hyphen.
    // https://docs.openstack.org/api-ref/compute/#import-or-create-keypair
    name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, "Use letters, digits, hyphens and underscores."),
    user_id: keystoneId,
  }),
  outputs: ["name", "fingerprint", "user_id"],
} as const satisfies OperationDefinition;
