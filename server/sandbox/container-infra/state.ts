import type { SeedContext } from "#server/sandbox/kernel/seed-context.ts";

/** Attributes a template keeps as they came; the names are Magnum's own. */
export interface TemplateAttributes {
  name: string;
  coe: string;
  image_id: string;
  flavor_id: string | null;
  master_flavor_id: string | null;
  dns_nameserver: string | null;
  keypair_id: string | null;
  external_network_id: string | null;
  fixed_network: string | null;
  fixed_subnet: string | null;
  network_driver: string;
  apiserver_port: number | null;
  docker_volume_size: number | null;
  http_proxy: string | null;
  https_proxy: string | null;
  no_proxy: string | null;
  volume_driver: string | null;
  registry_enabled: boolean;
  labels: Record<string, string>;
  tls_disabled: boolean;
  public: boolean;
  server_type: string;
  insecure_registry: string | null;
  docker_storage_driver: string;
  master_lb_enabled: boolean;
  floating_ip_enabled: boolean;
  hidden: boolean;
  tags: string | null;
}

export interface TemplateRecord {
  uuid: string;
  projectId: string | null;
  userId: string;
  /** Read from the image when the template was made. */
  clusterDistro: string;
  attributes: TemplateAttributes;
  createdAt: string;
  updatedAt: string | null;
}

export type ClusterStatus =
  "CREATE_IN_PROGRESS" | "CREATE_COMPLETE" | "CREATE_FAILED" | "DELETE_IN_PROGRESS" | "DELETE_FAILED";

/** What becomes of a cluster at `at` (ISO 8601), applied by settleClusters. */
export type PendingOutcome =
  | { kind: "complete"; at: string }
  | { kind: "failed"; at: string; reason: string }
  | { kind: "deleted"; at: string };

export interface ClusterRecord {
  uuid: string;
  name: string;
  templateId: string;
  projectId: string | null;
  userId: string;
  keypair: string | null;
  nodeCount: number;
  masterCount: number;
  dockerVolumeSize: number | null;
  labels: Record<string, string>;
  flavorId: string | null;
  masterFlavorId: string | null;
  createTimeout: number;
  discoveryUrl: string | null;
  fixedNetwork: string | null;
  fixedSubnet: string | null;
  isFloatingIpEnabled: boolean;
  isMasterLbEnabled: boolean;
  isLabelMerge: boolean;
  stackId: string | null;
  apiAddress: string | null;
  status: ClusterStatus;
  statusReason: string | null;
  pending: PendingOutcome | null;
  trusteeUserId: string | null;
  trustId: string | null;
  createdAt: string;
  updatedAt: string | null;
}

export interface ContainerInfraState {
  startedAt: string;
  templates: TemplateRecord[];
  clusters: ClusterRecord[];
  /** Clusters a project may have, where an administrator set it. */
  clusterLimits: Record<string, number>;
}

export function initialContainerInfraState(context: SeedContext): ContainerInfraState {
  return { startedAt: context.now.toISOString(), templates: [], clusters: [], clusterLimits: {} };
}
