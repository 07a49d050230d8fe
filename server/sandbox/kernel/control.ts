import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type FaultControl, faultEffects } from "./faults.ts";
import type { SandboxResponse } from "./router.ts";
import type { PolicyVariant } from "./world.ts";

export const CONTROL_PREFIX = "/_sandbox/";

export interface ControlRequest {
  method: string;
  path: string;
  key: string | undefined;
  remoteAddress: string | undefined;
  body: unknown;
}

export interface ControlParts {
  key: string;
  faults: FaultControl;
  policy: () => PolicyVariant;
  setPolicy: (variant: PolicyVariant) => void;
}

const faultSchema = z.strictObject({
  match: z.strictObject({
    service: z
      .enum(["identity", "compute", "image", "network", "container-infra", "hypervisor"])
      .exactOptional(),
    method: z.string().exactOptional(),
    pathPrefix: z.string().exactOptional(),
  }),
  times: z.int().min(1).max(10_000),
  effect: z.enum(faultEffects),
  delayMs: z.int().min(0).max(600_000).exactOptional(),
});

const policySchema = z.strictObject({
  createUser: z.enum(["fixed", "broken"]).exactOptional(),
  trust: z.enum(["target", "body"]).exactOptional(),
  override: z.enum(["on", "off"]).exactOptional(),
  appCredTrust: z.boolean().exactOptional(),
});

/** Loopback-only control path for other processes' tests: faults and the policy variant. */
export function answerControl(request: ControlRequest, parts: ControlParts): SandboxResponse {
  if (!isLoopback(request.remoteAddress) || !isKey(request.key, parts.key)) return { status: 404 };
  switch (`${request.method} ${request.path}`) {
    case "GET /_sandbox/faults":
      return { status: 200, body: { faults: parts.faults.list() } };
    case "POST /_sandbox/faults": {
      const fault = faultSchema.safeParse(request.body);
      if (!fault.success) return { status: 400, body: { error: z.prettifyError(fault.error) } };
      return { status: 201, body: { fault: parts.faults.add(fault.data) } };
    }
    case "DELETE /_sandbox/faults":
      parts.faults.clear();
      return { status: 204 };
    case "GET /_sandbox/policy":
      return { status: 200, body: parts.policy() };
    case "POST /_sandbox/policy": {
      const variant = policySchema.safeParse(request.body);
      if (!variant.success) return { status: 400, body: { error: z.prettifyError(variant.error) } };
      parts.setPolicy({ ...parts.policy(), ...variant.data });
      return { status: 200, body: parts.policy() };
    }
    default:
      return { status: 404 };
  }
}

function isLoopback(address: string | undefined): boolean {
  return address === "127.0.0.1" || address === "::1" || address === "::ffff:127.0.0.1";
}

function isKey(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
