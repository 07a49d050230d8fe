import * as z from "zod";
import { SECRET_NAMES } from "../secret/names.ts";
import type { OperationDefinition } from "./definition.ts";
import { descriptionText, grantScope, keystoneId, objectName, orNever, uuidId } from "./parameters.ts";

const passwordSecret = z
  .enum(SECRET_NAMES)
  .extract(["manager_password", "svc_initial_password", "svc_password"]);

export const rolesResolve = {
  id: "identity.roles.resolve",
  version: 1,
  effect: "read",
  title: "Find the roles by name",
  parameters: z.strictObject({}),
  outputs: ["manager_id", "member_id", "load_balancer_member_id", "reader_id", "admin_id"],
} as const satisfies OperationDefinition;

export const domainPreflight = {
  id: "identity.domain.preflight",
  version: 1,
  effect: "read",
  title: "Look whether the domain's name is free",
  parameters: z.strictObject({ name: objectName }),
  outputs: ["state", "id"],
} as const satisfies OperationDefinition;

export const domainEnsure = {
  id: "identity.domain.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the domain exists",
  parameters: z.strictObject({ name: objectName, description: descriptionText }),
  outputs: ["id", "name", "enabled", "description"],
} as const satisfies OperationDefinition;

export const userEnsure = {
  id: "identity.user.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the user exists",
  parameters: z.strictObject({
    name: objectName,
    domain_id: keystoneId,
    description: descriptionText,
    /** Name of the generated password; the value never appears here. */
    password_secret: passwordSecret,
  }),
  outputs: ["id", "name", "domain_id", "enabled"],
} as const satisfies OperationDefinition;

export const userPasswordEnsure = {
  id: "identity.user.password.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the sealed password works",
  parameters: z.strictObject({
    user_id: keystoneId,
    /** A project the user has a role in: a password is proven by signing in to it. */
    project_id: keystoneId,
    password_secret: passwordSecret,
  }),
  outputs: ["id", "name", "enabled"],
} as const satisfies OperationDefinition;

export const projectEnsure = {
  id: "identity.project.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the project exists",
  parameters: z.strictObject({ name: objectName, domain_id: keystoneId, description: descriptionText }),
  outputs: ["id", "name", "domain_id", "enabled"],
} as const satisfies OperationDefinition;

export const domainGrantEnsure = {
  id: "identity.domain_grant.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the user has the role on the domain",
  parameters: z.strictObject({
    domain_id: keystoneId,
    user_id: keystoneId,
    role_id: keystoneId,
    role: objectName,
  }),
  outputs: ["granted", "role"],
} as const satisfies OperationDefinition;

export const projectGrantEnsure = {
  id: "identity.project_grant.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the user has the role on the project",
  parameters: z.strictObject({
    project_id: keystoneId,
    user_id: keystoneId,
    role_id: keystoneId,
    role: objectName,
  }),
  outputs: ["granted", "role"],
} as const satisfies OperationDefinition;

export const assignmentsRead = {
  id: "identity.assignments.read",
  version: 1,
  effect: "read",
  title: "Read every role the user holds",
  parameters: z.strictObject({ user_id: keystoneId }),
  outputs: ["direct", "effective", "effective_count"],
} as const satisfies OperationDefinition;

const grantInQuestion = {
  user_id: keystoneId,
  role_id: keystoneId,
  role: objectName,
  scope: grantScope,
  scope_id: keystoneId,
};

export const grantAttempt = {
  id: "identity.grant.attempt",
  version: 1,
  effect: "mutate",
  title: "Try a grant that the cloud must refuse",
  parameters: z.strictObject(grantInQuestion),
  outputs: ["granted", "role"],
} as const satisfies OperationDefinition;

export const grantAbsence = {
  id: "identity.grant.absence",
  version: 1,
  effect: "read",
  title: "Prove that a grant does not exist, on things that do",
  parameters: z.strictObject(grantInQuestion),
  outputs: ["granted", "user_exists", "role_exists", "scope_exists", "role"],
} as const satisfies OperationDefinition;

export const applicationCredentialEnsure = {
  id: "identity.application_credential.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the application credential exists",
  parameters: z.strictObject({
    name: objectName,
    description: descriptionText,
    user_id: keystoneId,
    project_id: keystoneId,
  }),
  outputs: ["id", "name", "unrestricted", "project_id", "roles", "expires_at"],
} as const satisfies OperationDefinition;

export const trustsProbe = {
  id: "identity.trusts.probe",
  version: 1,
  effect: "read",
  title: "Ask whether application credentials may handle trusts",
  parameters: z.strictObject({
    user_id: keystoneId,
    /** `block`: no plan is made when the answer is no. */
    when_barred: z.enum(["record", "block"]),
  }),
  outputs: ["delegated_trusts", "explanation", "advice"],
} as const satisfies OperationDefinition;

export const trustsRead = {
  id: "identity.trusts.read",
  version: 1,
  effect: "read",
  title: "Read the trusts that the user has given",
  parameters: z.strictObject({ user_id: keystoneId, project_id: keystoneId }),
  outputs: ["count", "trustees"],
} as const satisfies OperationDefinition;

export const delegationRead = {
  id: "identity.delegation.read",
  version: 1,
  effect: "read",
  title: "Read back the cluster's trustee and trust",
  parameters: z.strictObject({
    cluster_id: uuidId,
    project_id: keystoneId,
    trustor_user_id: keystoneId,
    trustee_domain: objectName,
    delegated_trusts: z.enum(["allowed", "barred", "refused", "unknown"]),
  }),
  outputs: ["trustee", "trustee_id", "trust", "trust_impersonation", "cause", "explanation", "advice"],
} as const satisfies OperationDefinition;

export const delegationAbsence = {
  id: "identity.delegation.absence",
  version: 1,
  effect: "read",
  title: "Prove that the cluster's trustee and trust are gone",
  parameters: z.strictObject({
    cluster_id: orNever(uuidId),
    project_id: orNever(keystoneId),
    trustee_domain: objectName,
    /** Read from the cluster's own delegation before it was deleted. */
    trustee_id: orNever(keystoneId),
  }),
  outputs: ["trustee", "trust"],
} as const satisfies OperationDefinition;

export const isolationTargets = {
  id: "identity.isolation.targets",
  version: 1,
  effect: "read",
  title: "Pick things of another domain and prove that they exist",
  parameters: z.strictObject({ own_domain_id: keystoneId }),
  outputs: ["domain_id", "domain", "project_id", "project", "user_id", "user"],
} as const satisfies OperationDefinition;

export const isolationProbe = {
  id: "identity.isolation.probe",
  version: 1,
  effect: "read",
  title: "Try to read another domain",
  parameters: z.strictObject({ domain_id: keystoneId, project_id: keystoneId, user_id: keystoneId }),
  outputs: [
    "checks",
    "domain",
    "project",
    "user",
    "projects",
    "users",
    "assignments",
    "domain_id",
    "project_id",
    "user_id",
  ],
} as const satisfies OperationDefinition;

export const domainsObserve = {
  id: "identity.domains.observe",
  version: 1,
  effect: "read",
  title: "See which domains a domain listing shows",
  parameters: z.strictObject({ own_domain_id: keystoneId }),
  outputs: ["shows", "visible", "foreign", "own_visible"],
} as const satisfies OperationDefinition;
