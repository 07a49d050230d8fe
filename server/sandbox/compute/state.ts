import type { SeedContext } from "#server/sandbox/kernel/seed-context.ts";
import { newUuid } from "#server/sandbox/kernel/ids.ts";

export interface FlavorRecord {
  id: string;
  name: string;
  vcpus: number;
  ramMb: number;
  diskGb: number;
  isPublic: boolean;
  description: string | null;
  extraSpecs: Record<string, string>;
}

export interface KeypairRecord {
  id: number;
  userId: string;
  name: string;
  publicKey: string;
  fingerprint: string;
  createdAt: string;
}

export interface ComputeState {
  flavors: FlavorRecord[];
  keypairs: KeypairRecord[];
  /** Limits set by an administrator, per project; what is absent has its default. */
  quotas: Record<string, Record<string, number>>;
}

export function initialComputeState(_context: SeedContext): ComputeState {
  return {
    flavors: [
      flavor("gp.small", { vcpus: 1, ramMb: 2048, diskGb: 20 }),
      flavor("gp.mid", { vcpus: 4, ramMb: 8192, diskGb: 40 }),
      flavor("capi.node", { vcpus: 2, ramMb: 4096, diskGb: 40 }),
    ],
    keypairs: [],
    quotas: {},
  };
}

function flavor(name: string, size: Pick<FlavorRecord, "vcpus" | "ramMb" | "diskGb">): FlavorRecord {
  return { id: newUuid(), name, ...size, isPublic: true, description: null, extraSpecs: {} };
}
