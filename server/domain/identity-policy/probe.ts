import type { Json } from "../canonical/json.ts";
import { explainRule } from "../oslo/explain.ts";
import type { Policy } from "../oslo/policy.ts";
import type { OsloDict } from "../oslo/values.ts";
import type { TargetKind } from "./keystone-operation.ts";
import type { KeystoneRelease } from "./keystone-release.ts";
import type { Answer } from "./matrix.ts";
import type { MatrixCase } from "./matrix-set.ts";
import { buildTarget, tokenCredentials } from "./policy-target.ts";
import { findRequest } from "./request-match.ts";

/** Things of one domain that are known to exist. */
export interface ProbePlace {
  domain_id: string;
  project_id: string;
  user_id: string;
}

/** What is asked about: the tenant's own things, somebody else's, and roles by their names. */
export interface ProbeGround {
  own: ProbePlace;
  other: ProbePlace;
  roles: Readonly<Record<"member" | "load-balancer_member" | "manager" | "admin", string>>;
}

/** One question to a cloud, whose answer shows what its policy decided. */
export interface Probe {
  /** Unique among the probes of a step; names its call. */
  id: string;
  /** As sets of cases name the place. */
  place: string;
  method: "GET" | "POST" | "PUT";
  /** Below the identity service's version root. */
  path: string;
  body: OsloDict & Readonly<Record<string, Json>>;
}

const NO_BODY = {};

/** Questions that only read. Each exists, so that a refusal is the policy's and not an absence. */
export function listReadProbes({ own, other, roles }: ProbeGround): Probe[] {
  const get = (id: string, place: string, path: string): Probe => ({
    id,
    place,
    method: "GET",
    path,
    body: NO_BODY,
  });
  const about = (name: "own" | "other", { domain_id, project_id, user_id }: ProbePlace) => [
    get(`get_domain_${name}`, name, `/domains/${domain_id}`),
    get(`get_project_${name}`, name, `/projects/${project_id}`),
    get(`get_user_${name}`, name, `/users/${user_id}`),
    get(`list_users_${name}`, name, `/users?domain_id=${domain_id}`),
    get(`list_projects_${name}`, name, `/projects?domain_id=${domain_id}`),
    get(`list_groups_${name}`, name, `/groups?domain_id=${domain_id}`),
    get(`list_user_projects_${name}`, name, `/users/${user_id}/projects`),
    get(`list_grants_${name}`, name, `/projects/${project_id}/users/${user_id}/roles`),
    get(`check_grant_${name}`, name, `/projects/${project_id}/users/${user_id}/roles/${roles.member}`),
    get(`list_role_assignments_${name}`, name, `/role_assignments?scope.project.id=${project_id}`),
  ];
  return [
    ...about("own", own),
    ...about("other", other),
    get("list_domains_own", "own", "/domains"),
    get("list_roles_own", "own", "/roles"),
    get("get_role_own", "own", `/roles/${roles.member}`),
    get("get_role_admin", "own, role admin", `/roles/${roles.admin}`),
  ];
}

/**
 * Questions whose answer tells what the policy decided although nothing comes of them: Keystone asks its policy before it
 * looks at a body, and a thing without a name is refused with 400 by whoever may make one (keystone/api/users.py: enforce,
 * then validate).
 */
export function listCreateProbes({ own, other }: ProbeGround): Probe[] {
  const post = (kind: "user" | "project" | "group", name: "own" | "other", domainId: string): Probe => ({
    id: `create_${kind}_${name}`,
    place: name,
    method: "POST",
    path: `/${kind}s`,
    body: { [kind]: { domain_id: domainId } },
  });
  return (["user", "project", "group"] as const).flatMap((kind) => [
    post(kind, "own", own.domain_id),
    post(kind, "other", other.domain_id),
  ]);
}

/**
 * Grants: of the roles that the user holds on the project already, which changes nothing, and of roles that have to be
 * refused. Should a policy allow one of those, it stands; who asks has to look and to take it back.
 */
export function listGrantProbes({ own, other, roles }: ProbeGround): Probe[] {
  const put = (id: string, place: string, path: string): Probe => ({
    id,
    place,
    method: "PUT",
    path,
    body: NO_BODY,
  });
  const onProject = ({ project_id, user_id }: ProbePlace, role: string) =>
    `/projects/${project_id}/users/${user_id}/roles/${role}`;
  return [
    put("grant_member", "own", onProject(own, roles.member)),
    put("grant_lb_member", "own, role load-balancer_member", onProject(own, roles["load-balancer_member"])),
    put("grant_admin", "own, role admin", onProject(own, roles.admin)),
    put(
      "grant_manager",
      "own, role manager",
      `/domains/${own.domain_id}/users/${own.user_id}/roles/${roles.manager}`,
    ),
    put("grant_other", "other", onProject(other, roles.member)),
  ];
}

/** Who asks, as Keystone sees it. */
export interface Asker {
  userId: string;
  userDomainId: string;
  projectId: string | null;
  projectDomainId: string | null;
  domainId: string | null;
  isAdminProject: boolean;
  roles: readonly string[];
}

/** The token of whoever asks, as far as a policy reads it. */
function tokenOf(asker: Asker): OsloDict {
  const { userId, userDomainId, projectId, projectDomainId, domainId, isAdminProject, roles } = asker;
  return {
    user: { id: userId, domain: { id: userDomainId } },
    ...(domainId === null ? {} : { domain: { id: domainId } }),
    ...(projectId === null
      ? {}
      : {
          project: { id: projectId, domain: { id: projectDomainId } },
          is_admin_project: isAdminProject,
        }),
    roles: roles.map((name) => ({ name })),
  };
}

/** The operation that a probe asks for. */
export function operationOf({ method, path }: Pick<Probe, "method" | "path">): string | null {
  return findRequest(method, path.split("?")[0] ?? "")?.operation.rule ?? null;
}

/** What the policy would answer; null for a probe of an operation that is not modelled. */
export function predictProbe(
  probe: Probe,
  {
    asker,
    ground,
    policy,
    release,
  }: { asker: Asker; ground: ProbeGround; policy: Policy; release: KeystoneRelease },
): Answer | null {
  const [path = "", search = ""] = probe.path.split("?");
  const found = findRequest(probe.method, path);
  if (found === null) return null;
  const query = Object.fromEntries(
    search.split("&").flatMap((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return name === "" ? [] : [[name, value]];
    }),
  );
  const { operation, variables } = found;
  const request = { operation, variables, query, body: probe.body, tokenDomainId: asker.domainId };
  const target = buildTarget(request, directoryOf(ground), release);
  const explained = explainRule(policy, operation.rule, { creds: tokenCredentials(tokenOf(asker)), target });
  return { expect: explained.expect.kind, ours: explained.ours, branch: explained.branch.join(" > ") };
}

function directoryOf({ own, other, roles }: ProbeGround) {
  return (kind: TargetKind, id: string): OsloDict | null => {
    if (kind === "role") {
      const name = Object.entries(roles).find(([, roleId]) => roleId === id)?.[0];
      return name === undefined ? null : { id, name, domain_id: null };
    }
    for (const { domain_id, project_id, user_id } of [own, other]) {
      if (kind === "domain" && id === domain_id) return { id };
      if (kind === "project" && id === project_id) return { id, domain_id };
      if (kind === "user" && id === user_id) return { id, domain_id };
    }
    return null;
  };
}

export type Observed = "allow" | "deny" | "exception";

/** What a policy decided, by the status of Keystone's answer: it asks the policy before everything but the token. */
export function observedOf(status: number): Observed {
  if (status === 403) return "deny";
  return status >= 500 ? "exception" : "allow";
}

/** A question as it was answered, beside what the simulation said and what the release is taken by. */
export interface ProbeResult {
  persona: string;
  operation: string;
  place: string;
  status: number;
  observed: Observed;
  /** Null: the simulation does not know the operation. */
  simulated: Observed | null;
  branch: string;
  differs: boolean;
  /** The acceptance case that it is; null for none. */
  group: MatrixCase["group"] | null;
  holds: boolean;
}

/** Sets an answer beside the simulation and the cases. */
export function judgeProbe(
  { persona, probe, status }: { persona: string; probe: Probe; status: number },
  { predicted, cases }: { predicted: Answer | null; cases: readonly MatrixCase[] },
): ProbeResult {
  const operation = operationOf(probe) ?? "";
  const observed = observedOf(status);
  const asked = cases.find(
    (one) => one.persona === persona && one.operation === operation && one.place === probe.place,
  );
  const group = asked?.group ?? null;
  return {
    persona,
    operation,
    place: probe.place,
    status,
    observed,
    simulated: predicted?.expect ?? null,
    branch: predicted?.branch ?? "",
    differs: predicted !== null && predicted.expect !== observed,
    group,
    holds: group === null || observed === (group === "DENY" ? "deny" : "allow"),
  };
}
