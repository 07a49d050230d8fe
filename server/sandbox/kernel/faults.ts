import { newUuid } from "./ids.ts";
import type { Service } from "./router.ts";

export const faultEffects = [
  "http500",
  /** Too many requests (RFC 6585, 4): read, and nothing of it done. */
  "http429",
  /** Magnum between the end of a cluster's node groups and the cluster's own. */
  "without_nodes",
  "cut_before",
  "cut_after",
  "delay_ms",
  "expire_token",
  "wrong_catalog_origin",
  "task_fails",
] as const;

export type FaultEffect = (typeof faultEffects)[number];

/** A failure to show on purpose. Absent match fields match everything; `pathPrefix` is inside the service. */
export interface Fault {
  match: { service?: Service["type"]; method?: string; pathPrefix?: string };
  times: number;
  effect: FaultEffect;
  /** Only for `delay_ms`. */
  delayMs?: number;
}

export interface StoredFault extends Fault {
  id: string;
  remainingCount: number;
}

export interface FaultControl {
  add: (fault: Fault) => StoredFault;
  list: () => readonly StoredFault[];
  clear: () => void;
}

export interface RequestShape {
  service: Service["type"];
  method: string;
  path: string;
}

export class FaultTable implements FaultControl {
  private faults: StoredFault[] = [];

  add(fault: Fault): StoredFault {
    const stored: StoredFault = { ...fault, id: newUuid(), remainingCount: fault.times };
    this.faults.push(stored);
    return stored;
  }

  list(): readonly StoredFault[] {
    return this.faults;
  }

  clear(): void {
    this.faults = [];
  }

  /** Takes one use of every fault that matches, so several effects may meet in one request. */
  take(request: RequestShape): readonly StoredFault[] {
    const taken = this.faults.filter((fault) => fault.remainingCount > 0 && isMatch(fault, request));
    for (const fault of taken) fault.remainingCount -= 1;
    this.faults = this.faults.filter((fault) => fault.remainingCount > 0);
    return taken;
  }
}

function isMatch(fault: Fault, request: RequestShape): boolean {
  const { service, method, pathPrefix } = fault.match;
  if (service !== undefined && service !== request.service) return false;
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  return pathPrefix === undefined || request.path.startsWith(pathPrefix);
}
