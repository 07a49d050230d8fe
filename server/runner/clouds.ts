import { randomUUID } from "node:crypto";
import { and, lt, ne, notInArray } from "drizzle-orm";
import { cloud } from "#db/schema/cloud.ts";
import { SERVICES } from "#server/domain/plan/states.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import type { CloudSession } from "#server/openstack/session.ts";
import { openCloud } from "#server/proxmox/open-cloud.ts";
import { readTrustAnchor, type TrustAnchor } from "#server/openstack/trust-anchor.ts";
import { ABANDONED_AFTER_MS } from "./limits.ts";
import { operatorCredentials } from "./operator-credentials.ts";
import type { RunnerParts } from "./parts.ts";

const ABANDONED =
  "No runner has this cloud in its settings any more. Add it to COUNTERSIGN_CLOUDS again to work on its tenants.";

type CloudState = Pick<typeof cloud.$inferInsert, "state" | "says" | "endpoints">;

/**
 * Looks at every configured cloud: certificate authority, sign-in, catalog. Writes what people see of it, and says of
 * clouds that no runner looks at any more that they are gone from the settings. Answers whether all could be asked.
 */
export async function refreshClouds(parts: RunnerParts, defaultPool: string): Promise<boolean> {
  const looks = [...parts.clouds.values()].map((config) => refreshCloud(parts, config, defaultPool));
  const couldAsk = await Promise.all(looks);
  await markAbandoned(parts);
  return !couldAsk.includes(false);
}

/** Another runner may know a cloud that this one does not, so only a row that nobody keeps fresh is meant. */
async function markAbandoned(parts: RunnerParts): Promise<void> {
  const forgottenBefore = new Date(parts.now().getTime() - ABANDONED_AFTER_MS);
  await parts.db
    .update(cloud)
    .set({
      state: "unreachable",
      says: ABANDONED,
      endpoints: {},
    })
    .where(
      and(
        notInArray(cloud.name, [...parts.clouds.keys()]),
        lt(cloud.checkedAt, forgottenBefore),
        ne(cloud.says, ABANDONED),
      ),
    );
}

async function refreshCloud(parts: RunnerParts, config: CloudConfig, defaultPool: string): Promise<boolean> {
  const anchor = readTrustAnchor(config.cacertPath, parts.now());
  const facts = {
    ...(await lookAt(parts, config, anchor)),
    kind: config.credentials.kind === "api_token" ? ("hypervisor" as const) : ("openstack" as const),
    authUrl: config.authUrl,
    region: config.regionName,
    horizonUrl: config.horizonUrl,
    tenantPool: config.tenantPool ?? defaultPool,
    caFingerprint: anchor.kind === "ok" ? anchor.fingerprint256 : null,
    caExpiresAt: anchor.kind === "ok" ? anchor.notAfter : null,
    checkedAt: parts.now(),
  };
  await parts.db
    .insert(cloud)
    .values({ id: randomUUID(), name: config.name, ...facts })
    .onConflictDoUpdate({ target: cloud.name, set: facts });
  // One that refuses the sign-in was asked: asking again and again could lock the account.
  return facts.state === "reachable" || facts.state === "unauthenticated";
}

async function lookAt(parts: RunnerParts, config: CloudConfig, anchor: TrustAnchor): Promise<CloudState> {
  if (anchor.kind !== "ok" && anchor.kind !== "public") {
    return { state: "ca_problem", says: anchor.says, endpoints: {} };
  }
  try {
    const session = await openCloud({
      cloud: config,
      anchor,
      credentials: await operatorCredentials(parts, config),
      now: parts.now,
      wait: parts.wait,
    });
    try {
      return config.credentials.kind === "api_token" ? hypervisorState(session) : judgeCatalog(session);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { state: stateOf(error), says: error.says, endpoints: {} };
  }
}

/** It has answered for its version by now, to exactly this token. */
function hypervisorState(session: CloudSession): CloudState {
  const endpoints = { hypervisor: session.endpointOf("hypervisor") };
  return { state: "reachable", says: "Reachable, and its token is accepted.", endpoints };
}

function judgeCatalog(session: CloudSession): CloudState {
  const endpoints: Record<string, string> = {};
  const problems: string[] = [];
  for (const service of SERVICES) {
    try {
      endpoints[service] = session.endpointOf(service);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      problems.push(error.says);
    }
  }
  // A cloud without one of the services still serves the stages that do not need it.
  return {
    state: "reachable",
    says: problems.join(" ") || "Reachable, and the operator can sign in.",
    endpoints,
  };
}

function stateOf(error: CloudError): "unreachable" | "ca_problem" | "unauthenticated" {
  if (error.code === "tls") return "ca_problem";
  return error.code === "unauthenticated" ? "unauthenticated" : "unreachable";
}
