import type { ComputeState } from "../compute/state.ts";
import type { ContainerInfraState } from "../container-infra/state.ts";
import type { HypervisorState } from "../hypervisor/state.ts";
import type { IdentityState } from "../identity/state.ts";
import type { ImageState } from "../image/state.ts";
import type { NetworkState } from "../network/state.ts";

/** Which of the recorded cloud policies Keystone enforces. */
export interface PolicyVariant {
  /** The override's create_user fall-through: the form that resolves, or the one that refuses domain admins. */
  createUser: "fixed" | "broken";
  /** create_trust reads the policy target, or the request body (which no longer resolves). */
  trust: "target" | "body";
  /** Whether the Domain Manager override is laid over the cloud's own policy. */
  override: "on" | "off";
  /** Whether application-credential tokens may handle trusts; false is Keystone's own default. */
  appCredTrust: boolean;
}

export interface WorldSettings {
  /** "https://127.0.0.1:PORT", set at every start. */
  origin: string;
  region: string;
  clusterCreateMs: number;
  policy: PolicyVariant;
}

/** The embedded cloud's whole state: plain JSON, one slice per service, changed in place by handlers. */
export interface World {
  settings: WorldSettings;
  identity: IdentityState;
  compute: ComputeState;
  image: ImageState;
  network: NetworkState;
  containerInfra: ContainerInfraState;
  hypervisor: HypervisorState;
}
