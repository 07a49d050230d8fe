import { newHexId, newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { JsonObject } from "#server/sandbox/kernel/wire.ts";
import { magnum, type MagnumCall, readBody } from "./call.ts";
import { requireResources } from "./cloud-resources.ts";
import { clusterNotFound, invalidField, MagnumFault, nameNotUnique } from "./faults.ts";
import { requireClusterQuota } from "./quotas.ts";
import { startProvisioning } from "./provision.ts";
import type { ClusterRecord, TemplateRecord } from "./state.ts";
import { flag, mandatory, readLabels, text, wholeNumber } from "./template-document.ts";
import { getTemplate } from "./templates.ts";
import { clusterSummary, clusterView } from "./view.ts";

const NAME = /^[a-zA-Z][a-zA-Z0-9_.-]*$/;
/** Minutes. */
const DEFAULT_CREATE_TIMEOUT = 60;

export const clusterRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v1/clusters", handler: magnum(listClusters) },
  { method: "POST", pattern: "/v1/clusters", handler: magnum(createCluster) },
  { method: "GET", pattern: "/v1/clusters/detail", handler: magnum(listClusterDetails) },
  { method: "GET", pattern: "/v1/clusters/:clusterId", handler: magnum(showCluster) },
  { method: "DELETE", pattern: "/v1/clusters/:clusterId", handler: magnum(deleteCluster) },
];

function listClusters(call: MagnumCall): SandboxResponse {
  const clusters = ownClusters(call).map((cluster) => clusterSummary(call.world, cluster));
  return { status: 200, body: { clusters } };
}

function listClusterDetails(call: MagnumCall): SandboxResponse {
  const clusters = ownClusters(call).map((cluster) => clusterView(call.world, cluster));
  return { status: 200, body: { clusters } };
}

function showCluster(call: MagnumCall): SandboxResponse {
  return { status: 200, body: clusterView(call.world, getCluster(call)) };
}

/** Answers 202 whatever the conductor will say: only the cluster's status tells. Names need not be unique. */
function createCluster(call: MagnumCall): SandboxResponse {
  const body = readBody(call);
  const template = getTemplate(call, mandatory(body, "cluster_template_id"));
  const cluster = readCluster(call, body, template);
  requireResources(call, {
    flavorId: cluster.flavorId,
    masterFlavorId: cluster.masterFlavorId,
    keypair: cluster.keypair,
    externalNetwork: template.attributes.external_network_id,
    fixedNetwork: cluster.fixedNetwork,
    fixedSubnet: cluster.fixedSubnet,
  });
  requireClusterQuota(call);
  startProvisioning(call, cluster);
  call.state.clusters.push(cluster);
  return { status: 202, body: { uuid: cluster.uuid } };
}

/** Possible at any time, also while it is being created. The trust and the trustee go when the infrastructure is gone, not before. */
function deleteCluster(call: MagnumCall): SandboxResponse {
  const cluster = getCluster(call);
  if (cluster.pending?.kind === "deleted") return { status: 204 };
  const now = call.request.now;
  cluster.status = "DELETE_IN_PROGRESS";
  cluster.updatedAt = now.toISOString();
  cluster.pending = {
    kind: "deleted",
    at: new Date(now.getTime() + call.world.settings.clusterCreateMs).toISOString(),
  };
  return { status: 204 };
}

function readCluster(call: MagnumCall, body: JsonObject, template: TemplateRecord): ClusterRecord {
  const { attributes } = template;
  const name = text(body, "name") ?? `cluster-${newHexId().slice(0, 6)}`;
  if (!NAME.test(name)) throw invalidField("name", name, `Value should match the pattern ${NAME.source}`);
  const isMasterLbEnabled = flag(body, "master_lb_enabled", attributes.master_lb_enabled);
  const masterCount = atLeast(body, "master_count", 1);
  if (masterCount > 1 && !isMasterLbEnabled) {
    throw new MagnumFault(400, "master_count must be 1 when master_lb_enabled is False");
  }
  const isLabelMerge = flag(body, "merge_labels", false);
  const given = readLabels(body);
  const hasOwnLabels = Object.keys(given).length > 0;
  return {
    uuid: newUuid(),
    name,
    templateId: template.uuid,
    projectId: call.projectId,
    userId: call.token.userId,
    keypair: text(body, "keypair") ?? attributes.keypair_id,
    nodeCount: atLeast(body, "node_count", 0),
    masterCount,
    dockerVolumeSize: wholeNumber(body, "docker_volume_size") ?? attributes.docker_volume_size,
    labels: hasOwnLabels && !isLabelMerge ? given : { ...attributes.labels, ...given },
    flavorId: text(body, "flavor_id") ?? attributes.flavor_id,
    masterFlavorId: text(body, "master_flavor_id") ?? attributes.master_flavor_id,
    createTimeout: wholeNumber(body, "create_timeout") ?? DEFAULT_CREATE_TIMEOUT,
    discoveryUrl: text(body, "discovery_url"),
    fixedNetwork: text(body, "fixed_network") ?? attributes.fixed_network,
    fixedSubnet: text(body, "fixed_subnet") ?? attributes.fixed_subnet,
    isFloatingIpEnabled: flag(body, "floating_ip_enabled", attributes.floating_ip_enabled),
    isMasterLbEnabled,
    isLabelMerge,
    stackId: null,
    apiAddress: null,
    status: "CREATE_IN_PROGRESS",
    statusReason: null,
    pending: null,
    trusteeUserId: null,
    trustId: null,
    createdAt: call.request.now.toISOString(),
    updatedAt: null,
  };
}

function atLeast(body: JsonObject, key: string, minimum: number): number {
  const value = wholeNumber(body, key) ?? 1;
  if (value < minimum) throw invalidField(key, value, `Value should be greater or equal to ${minimum}`);
  return value;
}

function getCluster(call: MagnumCall): ClusterRecord {
  const ident = call.request.params["clusterId"] ?? "";
  // Magnum lifts the project filter for an administrator who names one cluster (get_one, delete), not for lists.
  // https://opendev.org/openstack/magnum/src/branch/stable/zed/magnum/api/controllers/v1/cluster.py
  const own = call.isAdmin ? call.state.clusters : ownClusters(call);
  const byId = own.find((cluster) => cluster.uuid === ident);
  if (byId !== undefined) return byId;
  const [cluster, another] = own.filter((candidate) => candidate.name === ident);
  if (another !== undefined) throw nameNotUnique("clusters", "cluster");
  if (cluster === undefined) throw clusterNotFound(ident);
  return cluster;
}

/** All for an administrator; else the project's, or the user's own for a token without a project. */
function ownClusters(call: MagnumCall): ClusterRecord[] {
  if (call.isAdmin) return call.state.clusters;
  return call.state.clusters.filter((cluster) =>
    call.projectId === null ? cluster.userId === call.token.userId : cluster.projectId === call.projectId,
  );
}
