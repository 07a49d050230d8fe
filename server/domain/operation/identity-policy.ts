import * as z from "zod";
import type { OperationDefinition } from "./definition.ts";
import { keystoneId, objectName } from "./parameters.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "Use a SHA-256 of 64 hexadecimal digits.");

export const policyPackage = {
  id: "identity.policy.package",
  version: 1,
  effect: "read",
  title: "Lint, parse and pack the cloud's newest saved policy override",
  parameters: z.strictObject({}),
  outputs: ["revision", "digest", "release", "rules", "errors", "warnings", "zip", "zip_sha256"],
} as const satisfies OperationDefinition;

export const policyFiles = {
  id: "identity.policy.files",
  version: 1,
  effect: "read",
  title: "Read the cloud's policy files, where it shows them",
  parameters: z.strictObject({}),
  outputs: ["shown", "live", "override"],
} as const satisfies OperationDefinition;

export const catalogueRead = {
  id: "identity.catalogue.read",
  version: 1,
  effect: "read",
  title: "Compare who holds which role with the catalogue of roles and accounts",
  parameters: z.strictObject({}),
  outputs: ["asked", "outside", "assignments"],
} as const satisfies OperationDefinition;

export const overrideRead = {
  id: "identity.override.read",
  version: 1,
  effect: "read",
  title: "Read whether a policy override is in force",
  parameters: z.strictObject({}),
  outputs: ["state", "message", "zip_sha256"],
} as const satisfies OperationDefinition;

export const overrideAttach = {
  id: "identity.override.attach",
  version: 1,
  effect: "mutate",
  title: "Attach the packed policy override and switch it on",
  parameters: z.strictObject({
    zip: z.base64().max(128 * 1024, "A packed override has at most 96 KiB."),
    zip_sha256: sha256,
  }),
  outputs: ["state", "message", "zip_sha256"],
} as const satisfies OperationDefinition;

export const overrideSwitch = {
  id: "identity.override.switch",
  version: 1,
  effect: "mutate",
  title: "Switch the policy override on or off",
  parameters: z.strictObject({ enabled: z.boolean() }),
  outputs: ["state", "message", "zip_sha256"],
} as const satisfies OperationDefinition;

export const overrideDetach = {
  id: "identity.override.detach",
  version: 1,
  effect: "mutate",
  title: "Take the attached policy override away",
  parameters: z.strictObject({}),
  outputs: ["state", "message", "zip_sha256"],
} as const satisfies OperationDefinition;

export const policyGround = {
  id: "identity.policy.ground",
  version: 1,
  effect: "read",
  title: "Prove that what a policy is asked about exists",
  parameters: z.strictObject({}),
  outputs: [
    "own_domain_id",
    "own_project_id",
    "own_user_id",
    "other_domain_id",
    "other_project_id",
    "other_user_id",
    "member_id",
    "load_balancer_member_id",
    "manager_id",
    "admin_id",
    "reader_id",
  ],
} as const satisfies OperationDefinition;

/** Whom the acceptance cases know the block's identity as, what is asked about, and which policy is simulated. */
const probing = {
  persona: objectName,
  own_domain_id: keystoneId,
  own_project_id: keystoneId,
  own_user_id: keystoneId,
  other_domain_id: keystoneId,
  other_project_id: keystoneId,
  other_user_id: keystoneId,
  member_id: keystoneId,
  load_balancer_member_id: keystoneId,
  manager_id: keystoneId,
  admin_id: keystoneId,
  /** The policy with the override laid over, or without. */
  policy: z.enum(["override", "live"]),
};

export const policyProbe = {
  id: "identity.policy.probe",
  version: 1,
  effect: "read",
  title: "Ask what the policy lets this identity read, and compare with the simulation",
  parameters: z.strictObject(probing),
  outputs: ["revision", "asked", "differences", "failed", "results"],
} as const satisfies OperationDefinition;

export const policyAttempt = {
  id: "identity.policy.attempt",
  version: 1,
  effect: "mutate",
  title: "Ask what the policy lets this identity change, with requests that change nothing",
  parameters: z.strictObject({ ...probing, grants: z.boolean() }),
  outputs: ["revision", "asked", "differences", "failed", "results"],
} as const satisfies OperationDefinition;
