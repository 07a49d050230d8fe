import { addAppCred } from "#server/sandbox/identity/app-cred-routes.ts";
import { createTrust, createTrustee } from "#server/sandbox/identity/trustee.ts";
import { newHexId } from "#server/sandbox/kernel/ids.ts";
import { findObject, findString } from "#server/sandbox/kernel/wire.ts";
import type { MagnumCall } from "./call.ts";
import type { ClusterRecord } from "./state.ts";

/** A refusal shows after this part of the time a cluster takes. */
const FAILURE_SHARE = 0.25;

/**
 * What Magnum's conductor does once the API has answered 202: trustee, trust, then the driver's own
 * application credential. A refusal anywhere ends in CREATE_FAILED, and what was made before it stays.
 */
export function startProvisioning(call: MagnumCall, cluster: ClusterRecord): void {
  const reason = findRefusal(call, cluster);
  const { clusterCreateMs } = call.world.settings;
  const waitMs = reason === null ? clusterCreateMs : clusterCreateMs * FAILURE_SHARE;
  const at = new Date(call.request.now.getTime() + waitMs).toISOString();
  if (reason !== null) {
    cluster.pending = { kind: "failed", at, reason };
    return;
  }
  cluster.stackId = `${cluster.name}-${newHexId().slice(0, 12)}`;
  cluster.pending = { kind: "complete", at };
}

function findRefusal(call: MagnumCall, cluster: ClusterRecord): string | null {
  const { world, token, request } = call;
  // Magnum names no cause: a refused trustee, a refused trust and a refused credential read the same.
  const refused = `Failed to create trustee or trust for Cluster: ${cluster.uuid}`;
  const trustee = createTrustee(world, `${cluster.uuid}_${cluster.projectId ?? ""}`, request.now);
  if (trustee.kind === "refused") return refused;
  cluster.trusteeUserId = trustee.userId;
  const trust = createTrust(world, token, trustee.userId);
  if (trust.kind === "refused") return refused;
  cluster.trustId = trust.trustId;
  return createDriverCredential(call, cluster);
}

/** Cluster API drivers act in the tenant with an application credential of the caller, made with the caller's token. */
function createDriverCredential(call: MagnumCall, cluster: ClusterRecord): string | null {
  const answer = addAppCred(call.world, call.token, {
    userId: call.token.userId,
    body: {
      name: `magnum-${cluster.uuid}`,
      description: `Magnum cluster (${cluster.uuid})`,
      unrestricted: false,
    },
  });
  if (answer.kind === "created") return null;
  const error = findObject(answer.response.body, "error");
  const message = (error === null ? null : findString(error, "message")) ?? "Refused.";
  // keystoneclient's wording of an HTTP error.
  return `${message} (HTTP ${answer.response.status}) (Request-ID: ${call.request.requestId})`;
}
