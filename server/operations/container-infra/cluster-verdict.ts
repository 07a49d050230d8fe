import { explainCluster, trusteeName } from "#server/domain/operation/cluster-verdict.ts";
import { clusterVerdict as definition } from "#server/domain/operation/container-infra.ts";
import { type Cluster, clusterBody } from "#server/openstack/wire/cluster.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import type { Operation, ReadContext } from "../handler.ts";
import {
  CLUSTER_POLL_EARLY_MS,
  CLUSTER_POLL_FIRST_MS,
  CLUSTER_POLL_LATER_MS,
  CLUSTER_SAY_EVERY_MS,
  CLUSTER_VERDICT_DEADLINE_MS,
} from "../limits.ts";

export const clusterVerdict: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, { cluster_id }) {
    return {
      disposition: "read",
      says: "The cluster is watched until it is complete or has failed.",
      outputs: {},
      reads: [{ service: "container-infra", path: clusterPath(cluster_id) }],
    };
  },

  async readBack(context, { cluster_id, project_id, delegated_trusts }) {
    const cluster = await awaitVerdict(context, await openReader(context), cluster_id);
    // Trustee and trust are another identity's to see: this verdict is by status and reason alone.
    const { cause, says, advice } = explainCluster({
      status: cluster.status,
      statusReason: cluster.status_reason ?? null,
      trustee: "unknown",
      trust: "unknown",
      delegatedTrusts: delegated_trusts,
    });
    await context.say(says);
    return {
      values: {
        status: cluster.status,
        status_reason: cluster.status_reason ?? null,
        api_address: cluster.api_address ?? null,
        timed_out: isUnderWay(cluster),
        trustee: trusteeName(cluster_id, project_id),
        cause,
        explanation: says,
        advice,
      },
    };
  },
};

const clusterPath = (clusterId: string) => callPath`/clusters/${clusterId}`;
const isUnderWay = ({ status }: Cluster) => status.endsWith("_IN_PROGRESS");

/** The cluster once it is done or failed, or as it is when time is up or the job is cancelled. */
async function awaitVerdict(context: ReadContext, reader: CloudReader, clusterId: string): Promise<Cluster> {
  const startedAt = context.now().getTime();
  let said = { status: "", at: 0 };
  for (;;) {
    const path = clusterPath(clusterId);
    const cluster = await reader.get({ service: "container-infra", path, body: clusterBody });
    const elapsedMs = context.now().getTime() - startedAt;
    const isNews = cluster.status !== said.status || elapsedMs - said.at >= CLUSTER_SAY_EVERY_MS;
    if (isNews) {
      await context.say(`${cluster.status}, ${Math.round(elapsedMs / 1000)} s`);
      said = { status: cluster.status, at: elapsedMs };
    }
    const isOver = elapsedMs >= CLUSTER_VERDICT_DEADLINE_MS || context.signal.aborted;
    if (!isUnderWay(cluster) || isOver) return cluster;
    await context.wait(elapsedMs < CLUSTER_POLL_EARLY_MS ? CLUSTER_POLL_FIRST_MS : CLUSTER_POLL_LATER_MS);
  }
}
