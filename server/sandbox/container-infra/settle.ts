import { deleteTrust, deleteTrustee } from "#server/sandbox/identity/trustee.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import type { ClusterRecord } from "./state.ts";

/** Where a finished cluster's Kubernetes API would answer; nothing listens there (RFC 5737 TEST-NET-3). */
const API_ADDRESS = "https://203.0.113.250:6443";

/**
 * Brings every cluster to where the clock says it is. Call before anything reads clusters, or the trusts and
 * trustees that go with them; calling it more often changes nothing.
 */
export function settleClusters(world: World, now: Date): void {
  for (const cluster of world.containerInfra.clusters) {
    if (cluster.pending !== null && cluster.pending.at <= now.toISOString()) settle(world, cluster);
  }
}

function settle(world: World, cluster: ClusterRecord): void {
  const { pending } = cluster;
  if (pending === null) return;
  cluster.pending = null;
  cluster.updatedAt = pending.at;
  switch (pending.kind) {
    case "complete":
      cluster.status = "CREATE_COMPLETE";
      cluster.apiAddress = API_ADDRESS;
      return;
    case "failed":
      cluster.status = "CREATE_FAILED";
      cluster.statusReason = pending.reason;
      return;
    case "deleted":
      if (cluster.trustId !== null) deleteTrust(world, cluster.trustId);
      if (cluster.trusteeUserId !== null) deleteTrustee(world, cluster.trusteeUserId);
      world.containerInfra.clusters = world.containerInfra.clusters.filter((other) => other !== cluster);
  }
}
