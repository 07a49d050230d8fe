import { mkdir } from "node:fs/promises";
import type { Server } from "node:https";
import { join } from "node:path";
import { initialComputeState } from "../compute/state.ts";
import { computeService } from "../compute/service.ts";
import { initialContainerInfraState } from "../container-infra/state.ts";
import { containerInfraService } from "../container-infra/service.ts";
import { hypervisorService } from "../hypervisor/service.ts";
import { initialHypervisorState } from "../hypervisor/state.ts";
import { seedIdentity } from "../identity/seed.ts";
import { identityService } from "../identity/service.ts";
import { expireToken, findValidToken } from "../identity/token-store.ts";
import { initialImageState } from "../image/state.ts";
import { imageService } from "../image/service.ts";
import { initialNetworkState } from "../network/state.ts";
import { networkService } from "../network/service.ts";
import { loadTlsMaterial } from "./certificates.ts";
import { loadSecret, writeCloudsFile } from "./credentials-file.ts";
import { type FaultControl, FaultTable } from "./faults.ts";
import { createListener, type SeenRequest } from "./listener.ts";
import type { Service } from "./router.ts";
import { findSavedWorld, StateFile } from "./state-file.ts";
import type { PolicyVariant, World } from "./world.ts";

const DEFAULT_POLICY: PolicyVariant = {
  createUser: "fixed",
  trust: "target",
  override: "on",
  appCredTrust: true,
};
const DEFAULT_CLUSTER_CREATE_MS = 8_000;
const REGION = "RegionOne";

export const sandboxServices: readonly Service[] = [
  identityService,
  computeService,
  imageService,
  networkService,
  containerInfraService,
  hypervisorService,
];

export interface SandboxOptions {
  /** 0 or absent: the port of the last start when it is free, else any. */
  port?: number;
  /** CA, keys, state.json, clouds.yaml and control.key are kept here. */
  dataDir: string;
  policy?: PolicyVariant;
  now?: () => Date;
  clusterCreateMs?: number;
  /** Told of every request, also of those whose answer gets lost. */
  seen?: ((request: SeenRequest) => void) | undefined;
}

export interface RunningSandbox {
  url: string;
  authUrl: string;
  caFile: string;
  cloudsFile: string;
  adminPassword: string;
  world: World;
  setPolicy: (variant: PolicyVariant) => void;
  faults: FaultControl;
  close: () => Promise<void>;
}

/** Starts the embedded cloud on loopback over TLS; ids and secrets survive a restart on the same directory. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const now = options.now ?? (() => new Date());
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const tls = await loadTlsMaterial(options.dataDir, now());
  const adminPassword = await loadSecret(options.dataDir, "admin-password");
  const controlKey = await loadSecret(options.dataDir, "control.key");
  const stateFile = join(options.dataDir, "state.json");
  const world = (await findSavedWorld(stateFile)) ?? newWorld(now(), adminPassword);
  // A cloud of before has none yet; everything else of it stays.
  world.hypervisor ??= initialHypervisorState();
  if (options.policy !== undefined) usePolicy(world, options.policy);
  world.settings.clusterCreateMs = options.clusterCreateMs ?? DEFAULT_CLUSTER_CREATE_MS;

  const state = new StateFile(stateFile, world);
  const faults = new FaultTable();
  const setPolicy = (variant: PolicyVariant): void => usePolicy(world, variant);
  const server = createListener(tls, {
    world,
    services: sandboxServices,
    tokens: { findValidToken, expireToken },
    faults,
    control: { key: controlKey, faults, policy: () => world.settings.policy, setPolicy },
    now,
    persist: () => state.persist(),
    seen: options.seen,
  });
  const port = await listen(server, options.port ?? 0, world.settings.origin);
  const url = `https://127.0.0.1:${port}`;
  world.settings.origin = url;
  await state.persist();
  const authUrl = `${url}/identity/v3`;
  const cloudsFile = await writeCloudsFile({
    dataDir: options.dataDir,
    authUrl,
    caFile: tls.caFile,
    adminPassword,
    region: REGION,
    hypervisor: { url, ...world.hypervisor },
  });
  const close = async (): Promise<void> => {
    await stop(server);
    await state.persist();
  };
  return { url, authUrl, caFile: tls.caFile, cloudsFile, adminPassword, world, setPolicy, faults, close };
}

/** The cloud as it was installed with that variant: whatever was delivered since is gone. */
function usePolicy({ settings }: World, variant: PolicyVariant): void {
  settings.policy = variant;
  settings.delivered = undefined;
}

function newWorld(now: Date, adminPassword: string): World {
  const { identity, adminProjectId, servicesProjectId } = seedIdentity(adminPassword);
  const context = { now, adminProjectId, servicesProjectId };
  return {
    settings: {
      origin: "https://127.0.0.1",
      region: REGION,
      clusterCreateMs: DEFAULT_CLUSTER_CREATE_MS,
      policy: DEFAULT_POLICY,
    },
    identity,
    compute: initialComputeState(context),
    image: initialImageState(context),
    network: initialNetworkState(context),
    containerInfra: initialContainerInfraState(context),
    hypervisor: initialHypervisorState(),
  };
}

/** Prefers the port of the last start, so a catalog or auth_url noted by a client stays true. */
async function listen(server: Server, port: number, lastOrigin: string): Promise<number> {
  const lastPort = Number(new URL(lastOrigin).port);
  if (port !== 0 || lastPort === 0) return listenOn(server, port);
  try {
    return await listenOn(server, lastPort);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return listenOn(server, 0);
    throw error;
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string")
        reject(new Error("The listener has no TCP address."));
      else resolve(address.port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
