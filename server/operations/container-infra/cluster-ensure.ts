import type * as z from "zod";
import { clusterEnsure as definition } from "#server/domain/operation/container-infra.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { type Cluster, clusterBody } from "#server/openstack/wire/cluster.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, differences, outputOf, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { CLUSTER_CREATE_TIMEOUT_MINUTES } from "../limits.ts";
import { MAGNUM_VERSION } from "./microversion.ts";

type Parameters = z.output<typeof definition.parameters>;

export const clusterEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { name } = parameters;
    const reader = await openReader(context);
    const path = clusterPath(name);
    // Names are not unique: a second order of the same name is accepted, and from then on the name answers 409.
    const answer = await reader.ask({ service: "container-infra", path, accept: [200, 404, 409] });
    if (answer.status === 409) {
      return blocked(
        `The project has more than one cluster named ${name}. Which one is meant cannot be told.`,
        `Delete all but one cluster named ${name} by id, then preview again.`,
      );
    }
    if (answer.status === 404) return createDraft(context, parameters, reader.reads);
    const found = readBody(clusterBody, answer);
    return existingProblem(found, parameters) ?? existing(found, reader.reads);
  },

  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const path = clusterPath(outputOf(outputs, "id"));
    const { uuid, name, status } = await reader.get({ service: "container-infra", path, body: clusterBody });
    return { values: { id: uuid, name, status } };
  },
};

const clusterPath = (nameOrId: string) => callPath`/clusters/${nameOrId}`;

function existing(cluster: Cluster, reads: CloudReader["reads"]): StepDraft {
  return {
    disposition: "already_so",
    says: `The cluster ${cluster.name} exists (${cluster.status}).`,
    outputs: { id: cluster.uuid },
    preconditions: [{ says: `The cluster ${cluster.name} exists`, observed: cluster.uuid }],
    reads,
  };
}

function existingProblem(cluster: Cluster, parameters: Parameters): StepDraft | null {
  const { name, status } = cluster;
  if (status.startsWith("DELETE_")) {
    return blocked(
      `A cluster ${name} is being deleted (${status}).`,
      "Wait until it is gone. If its deletion failed, read its status reason.",
    );
  }
  if (status.endsWith("_FAILED")) {
    return blocked(
      `A cluster ${name} exists and failed (${status}): ${cluster.status_reason ?? "Magnum gives no reason"}.`,
      "Delete it as the tenant once the cause is known: it keeps its name, trustee and trust until then. Then preview again.",
    );
  }
  const { template_id, keypair, node_count, master_count } = parameters;
  const wrong = differences(
    { ...cluster, keypair: cluster.keypair ?? null },
    { cluster_template_id: template_id, keypair, node_count, master_count },
  );
  if (wrong.length === 0) return null;
  return blocked(
    `A cluster ${name} exists and differs: ${wrong.join("; ")}.`,
    "Correct the tenant's inputs, or resize or delete the cluster as the tenant, then preview again.",
  );
}

function createDraft(context: PlanContext, parameters: Parameters, reads: CloudReader["reads"]): StepDraft {
  const { name, template_id, ...given } = parameters;
  const create = plannedCall(context, "create", {
    method: "POST",
    service: "container-infra",
    path: "/clusters",
    body: {
      name,
      cluster_template_id: template_id,
      ...given,
      create_timeout: CLUSTER_CREATE_TIMEOUT_MINUTES,
    },
    accept: [202],
    captures: { id: "/uuid" },
    headers: MAGNUM_VERSION,
    probe: { path: clusterPath(name), list: null, captures: { id: "/uuid" } },
  });
  return {
    disposition: "apply",
    says: `The project has no cluster ${name}: it will be ordered. That the order is accepted says nothing; the verdict is read afterwards.`,
    calls: [create],
    outputs: { id: outputRef(context.stepId, "id") },
    preconditions: [{ says: `No cluster is named ${name}`, observed: null }],
    reads,
    revert: `Delete the cluster ${name}; Magnum then removes its trust and trustee.`,
  };
}
