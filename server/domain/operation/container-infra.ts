import * as z from "zod";
import type { OperationDefinition } from "./definition.ts";
import { atLeastOne, keystoneId, objectName, orNever, uuidId } from "./parameters.ts";

/** Names of templates and clusters. https://docs.openstack.org/api-ref/container-infrastructure-management/ */
const magnumName = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$/,
    "Use a letter first, then letters, digits, dots, hyphens or underscores.",
  );

export const servicesFind = {
  id: "container_infra.services.find",
  version: 1,
  effect: "read",
  title: "See whether the cluster service is up",
  parameters: z.strictObject({}),
  outputs: ["up", "states"],
} as const satisfies OperationDefinition;

export const templateEnsure = {
  id: "container_infra.template.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the cluster template exists",
  parameters: z.strictObject({
    name: magnumName,
    /** By id: a name that resolves to no image is answered with "Cluster type (vm, Unset, kubernetes) not supported". */
    image_id: uuidId,
    external_network_id: uuidId,
    master_flavor: objectName,
    flavor: objectName,
    keypair: objectName,
    network_driver: z.enum(["calico", "cilium", "flannel"]),
    dns_nameserver: z.ipv4(),
    labels: z.record(z.string(), z.string()),
  }),
  outputs: [
    "id",
    "name",
    "coe",
    "image_id",
    "network_driver",
    "cluster_distro",
    "external_network_id",
    "flavor",
    "master_flavor",
    "master_lb_enabled",
    "floating_ip_enabled",
    "public",
    "project_id",
  ],
} as const satisfies OperationDefinition;

export const clusterEnsure = {
  id: "container_infra.cluster.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the cluster exists",
  parameters: z.strictObject({
    name: magnumName,
    template_id: uuidId,
    keypair: objectName,
    master_count: atLeastOne,
    node_count: atLeastOne,
    fixed_network: uuidId,
    fixed_subnet: uuidId,
  }),
  outputs: ["id", "name", "status"],
} as const satisfies OperationDefinition;

export const clusterVerdict = {
  id: "container_infra.cluster.verdict",
  version: 1,
  effect: "read",
  title: "Wait for the cluster and read its verdict",
  parameters: z.strictObject({
    cluster_id: uuidId,
    project_id: keystoneId,
    delegated_trusts: z.enum(["allowed", "barred", "refused", "unknown"]),
  }),
  outputs: [
    "status",
    "status_reason",
    "api_address",
    "timed_out",
    "trustee",
    "cause",
    "explanation",
    "advice",
  ],
} as const satisfies OperationDefinition;

export const clusterDelete = {
  id: "container_infra.cluster.delete",
  version: 1,
  effect: "destroy",
  title: "Delete the cluster and see it gone",
  parameters: z.strictObject({ cluster_id: orNever(uuidId), project_id: orNever(keystoneId) }),
  outputs: ["id", "state", "status_reason", "explanation", "advice"],
} as const satisfies OperationDefinition;
