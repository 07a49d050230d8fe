import { randomUUID } from "node:crypto";
import { cloud } from "#db/schema/cloud.ts";
import { SERVICES } from "#server/domain/plan/states.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { type CloudSession, openSession } from "#server/openstack/session.ts";
import { readTrustAnchor, type TrustAnchor } from "#server/openstack/trust-anchor.ts";
import type { RunnerParts } from "./parts.ts";

type CloudState = Pick<typeof cloud.$inferInsert, "state" | "says" | "endpoints">;

/** Looks at every configured cloud: certificate authority, sign-in, catalog. Writes what people see of it. */
export async function refreshClouds(parts: RunnerParts, defaultPool: string): Promise<void> {
  await Promise.all([...parts.clouds.values()].map((config) => refreshCloud(parts, config, defaultPool)));
}

async function refreshCloud(parts: RunnerParts, config: CloudConfig, defaultPool: string): Promise<void> {
  const anchor = readTrustAnchor(config.cacertPath, parts.now());
  const facts = {
    ...(await lookAt(parts, config, anchor)),
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
}

async function lookAt(parts: RunnerParts, config: CloudConfig, anchor: TrustAnchor): Promise<CloudState> {
  if (anchor.kind !== "ok" && anchor.kind !== "public") {
    return { state: "ca_problem", says: anchor.says, endpoints: {} };
  }
  try {
    const session = await openSession({
      cloud: config,
      anchor,
      credentials: config.credentials,
      now: parts.now,
      wait: parts.wait,
    });
    try {
      return judgeCatalog(session);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { state: stateOf(error), says: error.says, endpoints: {} };
  }
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
