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

/** An override that was delivered into the cloud; it takes the place of the variant's. */
export interface DeliveredOverride {
  isEnabled: boolean;
  /** SHA-256 of the zip in hex; null when none is attached. */
  zipSha256: string | null;
  /** Its rules, as YAML made them; null for a zip that Keystone's charm would not unpack. */
  rules: Record<string, unknown> | null;
}

export interface WorldSettings {
  /** "https://127.0.0.1:PORT", set at every start. */
  origin: string;
  region: string;
  clusterCreateMs: number;
  policy: PolicyVariant;
  /** Absent until one is delivered: the variant says which override came with the cloud. */
  delivered?: DeliveredOverride | undefined;
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
