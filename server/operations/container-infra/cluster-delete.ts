import { explainDeletion } from "#server/domain/operation/cluster-deletion.ts";
import { clusterDelete as definition } from "#server/domain/operation/container-infra.ts";
import { NEVER_MADE } from "#server/domain/operation/parameters.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { type Cluster, clusterBody } from "#server/openstack/wire/cluster.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, ReadContext, StepDraft } from "../handler.ts";
import {
  CLUSTER_DELETE_BEGINS_MS,
  CLUSTER_DELETE_DEADLINE_MS,
  CLUSTER_POLL_EARLY_MS,
  CLUSTER_POLL_FIRST_MS,
  CLUSTER_POLL_LATER_MS,
  CLUSTER_SAY_EVERY_MS,
} from "../limits.ts";
import { MAGNUM_VERSION } from "./microversion.ts";

const DELETING = "DELETE_IN_PROGRESS";
const FAILED = "DELETE_FAILED";

/** By id alone: a name may stand for another cluster by the time the call is sent. */
export const clusterDelete: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { cluster_id, project_id }) {
    if (cluster_id === NEVER_MADE) return neverMade();
    const reader = await openReader(context);
    const target = { service: "container-infra", path: clusterPath(cluster_id) } as const;
    const found = await reader.find({ ...target, body: clusterBody });
    if (found === null) {
      return (await context.removedByUs(target))
        ? alreadyGone(cluster_id, reader.reads)
        : blocked(
            `There is no cluster ${cluster_id}, and no job of this tenant deleted it. Nothing was asked for.`,
            "Somebody deleted it outside this console. Find out who, and read back what it left before going on.",
          );
    }
    if (found.project_id !== project_id) {
      return blocked(
        `The cluster ${found.name} (${cluster_id}) belongs to project ${found.project_id ?? "unknown"}, not to this tenant's ${project_id}.`,
        "The id on record leads to somebody else's cluster. Nothing of it may be touched from here.",
      );
    }
    if (found.status === DELETING) return beingDeleted(found, reader.reads);
    return deleteDraft(context, found, reader.reads);
  },

  async readBack(context, { cluster_id }) {
    const left =
      cluster_id === NEVER_MADE ? null : await awaitGone(context, await openReader(context), cluster_id);
    const { says, advice } = explainDeletion(left?.status ?? null, left?.status_reason ?? null);
    await context.say(says);
    return {
      values: {
        id: cluster_id,
        state: left === null ? "gone" : left.status,
        status_reason: left?.status_reason ?? null,
        explanation: says,
        advice,
      },
    };
  },
};

const clusterPath = (clusterId: string) => callPath`/clusters/${clusterId}`;

function neverMade(): StepDraft {
  return {
    disposition: "already_so",
    says: "The onboarding of this tenant never ordered a cluster.",
    outputs: { id: NEVER_MADE },
    reads: [],
  };
}

function alreadyGone(clusterId: string, reads: CloudReader["reads"]): StepDraft {
  return {
    disposition: "already_so",
    says: `The cluster ${clusterId} is gone: an earlier job of this tenant deleted it.`,
    outputs: { id: clusterId },
    preconditions: [{ says: `There is no cluster ${clusterId}`, observed: null }],
    reads,
  };
}

function beingDeleted(cluster: Cluster, reads: CloudReader["reads"]): StepDraft {
  return {
    disposition: "already_so",
    says: `The cluster ${cluster.name} is being deleted already (${DELETING}). It is watched until it is gone.`,
    outputs: { id: cluster.uuid },
    preconditions: [{ says: `The cluster ${cluster.name} is being deleted`, observed: cluster.uuid }],
    reads,
  };
}

function deleteDraft(context: PlanContext, cluster: Cluster, reads: CloudReader["reads"]): StepDraft {
  const { uuid, name, status, node_count, master_count } = cluster;
  const path = clusterPath(uuid);
  // A failed deletion looks the same before and after the call: then only going or gone tells that it took.
  const leaving = status === FAILED ? [DELETING] : [DELETING, FAILED];
  const remove = plannedCall(context, "delete", {
    method: "DELETE",
    service: "container-infra",
    path,
    body: null,
    effect: "destroy",
    accept: [204],
    headers: MAGNUM_VERSION,
    probe: { path, list: null, captures: {}, gone: { orShows: { "/status": leaving } } },
  });
  const before =
    status === FAILED ? ` An earlier deletion failed: ${cluster.status_reason ?? "no reason"}.` : "";
  return {
    disposition: "apply",
    says: `The cluster ${name} (${uuid}, ${master_count} control plane and ${node_count} worker nodes, ${status}) will be deleted with everything that runs in it. It is watched until it is gone.${before}`,
    calls: [remove],
    outputs: { id: uuid },
    preconditions: [
      { says: `The cluster ${name} exists in the tenant's project`, observed: { id: uuid, name } },
    ],
    reads,
    revert: `Nothing brings it back. A new cluster can be ordered; what ran in ${name} is lost.`,
  };
}

/**
 * Null once the cloud answers 404; the cluster as it is when its deletion failed or time is up. The API answers before
 * the conductor has begun, so for a moment the status is still the one from before the call.
 */
async function awaitGone(
  context: ReadContext,
  reader: CloudReader,
  clusterId: string,
): Promise<Cluster | null> {
  const startedAt = context.now().getTime();
  let said = { status: "", at: 0 };
  let wasDeleting = false;
  for (;;) {
    const path = clusterPath(clusterId);
    const elapsedMs = context.now().getTime() - startedAt;
    const isLate = elapsedMs >= CLUSTER_DELETE_DEADLINE_MS || context.signal.aborted;
    const cluster = await reader
      .find({ service: "container-infra", path, body: clusterBody })
      .catch((error: unknown) => {
        if (!isLate && isWithoutNodes(error)) return "without nodes" as const;
        throw error;
      });
    if (cluster === null) return null;
    if (cluster === "without nodes") {
      wasDeleting = true;
      await context.wait(CLUSTER_POLL_FIRST_MS);
      continue;
    }
    if (cluster.status !== said.status || elapsedMs - said.at >= CLUSTER_SAY_EVERY_MS) {
      await context.say(`${cluster.status}, ${Math.round(elapsedMs / 1000)} s`);
      said = { status: cluster.status, at: elapsedMs };
    }
    wasDeleting ||= cluster.status === DELETING;
    const mayBegin = !wasDeleting && elapsedMs < CLUSTER_DELETE_BEGINS_MS;
    if (isLate || (cluster.status !== DELETING && !mayBegin)) return cluster;
    await context.wait(elapsedMs < CLUSTER_POLL_EARLY_MS ? CLUSTER_POLL_FIRST_MS : CLUSTER_POLL_LATER_MS);
  }
}

/**
 * Magnum takes away the node groups before the cluster itself, and in that moment cannot show it: its own type of answer
 * has at least one control plane node (magnum/api/controllers/v1/cluster.py, `master_count`), so it answers 400.
 */
function isWithoutNodes(error: unknown): boolean {
  return error instanceof CloudError && error.actual === 400 && /_count\b/.test(error.bodyExcerpt ?? "");
}
