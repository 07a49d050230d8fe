import type { JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import type { ClusterRecord } from "./state.ts";

/** A cluster as a list shows it. */
export function clusterSummary(world: World, cluster: ClusterRecord): JsonObject {
  return {
    uuid: cluster.uuid,
    name: cluster.name,
    cluster_template_id: cluster.templateId,
    keypair: cluster.keypair,
    node_count: cluster.nodeCount,
    master_count: cluster.masterCount,
    docker_volume_size: cluster.dockerVolumeSize,
    labels: cluster.labels,
    master_flavor_id: cluster.masterFlavorId,
    flavor_id: cluster.flavorId,
    create_timeout: cluster.createTimeout,
    links: resourceLinks(world, "clusters", cluster.uuid),
    stack_id: cluster.stackId,
    status: cluster.status,
    health_status: null,
    merge_labels: cluster.isLabelMerge,
  };
}

/** A cluster on its own; only a failed one has `faults`. */
export function clusterView(world: World, cluster: ClusterRecord): JsonObject {
  return {
    ...clusterSummary(world, cluster),
    status_reason: cluster.statusReason,
    health_status_reason: {},
    discovery_url: cluster.discoveryUrl,
    api_address: cluster.apiAddress,
    coe_version: null,
    container_version: null,
    project_id: cluster.projectId,
    user_id: cluster.userId,
    node_addresses: [],
    master_addresses: [],
    ...(cluster.status === "CREATE_FAILED" ? { faults: {} } : {}),
    fixed_network: cluster.fixedNetwork,
    fixed_subnet: cluster.fixedSubnet,
    floating_ip_enabled: cluster.isFloatingIpEnabled,
    labels_overridden: {},
    labels_added: {},
    labels_skipped: {},
    master_lb_enabled: cluster.isMasterLbEnabled,
    created_at: wireTime(cluster.createdAt),
    updated_at: cluster.updatedAt === null ? null : wireTime(cluster.updatedAt),
  };
}

export function resourceLinks(
  world: World,
  collection: "clusters" | "clustertemplates",
  uuid: string,
): { href: string; rel: string }[] {
  const base = `${world.settings.origin}/container-infra`;
  return [
    { href: `${base}/v1/${collection}/${uuid}`, rel: "self" },
    { href: `${base}/${collection}/${uuid}`, rel: "bookmark" },
  ];
}

/** Whole seconds with a numeric zone, as Magnum prints them. */
export function wireTime(iso: string): string {
  return `${iso.slice(0, 19)}+00:00`;
}
