/** A resource that Keystone puts under `target.` of an operation. */
export type TargetKind = "user" | "project" | "domain" | "group" | "role" | "trust" | "credential" | "token";

export interface KeystoneOperation {
  /** The name of its rule. */
  rule: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /v3. A name with a colon is a variable of the URL, and a plain key of the policy target. */
  paths: readonly string[];
  /** Loaded by the ids of the URL and put under `target.`; what is not found is left out. */
  loads: readonly TargetKind[];
  /** A create: the body's own resource of this name is the target, and the body has no other place in it. */
  creates: TargetKind | null;
  /** A list asked with a domain-scoped token: that domain's id is under this key. */
  listKey: "target.domain_id" | "target.group.domain_id" | null;
  /** Query parameters that Keystone passes on to the policy. */
  filters: readonly string[];
  /** What the URL names is loaded before the policy is asked: when it is not there, the answer is 404. */
  isLoadedFirst: boolean;
}

type Extra = Partial<Pick<KeystoneOperation, "loads" | "creates" | "listKey" | "filters" | "isLoadedFirst">>;

function operation(rule: string, line: string, extra: Extra = {}): KeystoneOperation {
  const [method = "", ...paths] = line.split(" ");
  const { loads = [], creates = null, listKey = null, filters = [], isLoadedFirst = false } = extra;
  return {
    rule: `identity:${rule}`,
    method: readMethod(method),
    paths,
    loads,
    creates,
    listKey,
    filters,
    isLoadedFirst,
  };
}

function readMethod(word: string): KeystoneOperation["method"] {
  if (word === "POST" || word === "PUT" || word === "PATCH" || word === "DELETE") return word;
  return "GET";
}

const GRANTS =
  "/projects/:project_id/users/:user_id/roles /projects/:project_id/groups/:group_id/roles " +
  "/domains/:domain_id/users/:user_id/roles /domains/:domain_id/groups/:group_id/roles";
const GRANT = GRANTS.replaceAll("/roles", "/roles/:role_id");
const GRANTEES = ["user", "group", "project", "domain"] as const;
const ASSIGNMENT_FILTERS = ["group.id", "role.id", "scope.domain.id", "scope.project.id", "scope.OS-INHERIT:inherited_to", "user.id", "scope.system"]; // prettier-ignore
const TRUST = "/OS-TRUST/trusts/:trust_id";
const APP_CREDS = "/users/:user_id/application_credentials";
const EC2 = "/users/:user_id/credentials/OS-EC2";

/** keystone/api/{users,projects,domains,groups,roles,role_assignments,trusts}.py, 22.0.2: what each enforce_call passes. */
export const KEYSTONE_OPERATIONS: readonly KeystoneOperation[] = [
  operation("list_users", "GET /users", {
    listKey: "target.domain_id",
    filters: ["domain_id", "enabled", "idp_id", "name", "protocol_id", "unique_id", "password_expires_at"],
  }),
  operation("get_user", "GET /users/:user_id", { loads: ["user"] }),
  operation("create_user", "POST /users", { creates: "user" }),
  operation("update_user", "PATCH /users/:user_id", { loads: ["user"] }),
  operation("delete_user", "DELETE /users/:user_id", { loads: ["user"] }),
  operation("list_user_projects", "GET /users/:user_id/projects", { loads: ["user"] }),
  operation("list_groups_for_user", "GET /users/:user_id/groups", { loads: ["user"], filters: ["name"] }),
  operation("list_projects", "GET /projects", {
    listKey: "target.domain_id",
    filters: ["domain_id", "enabled", "name", "parent_id", "is_domain"],
  }),
  operation("get_project", "GET /projects/:project_id", { loads: ["project"] }),
  operation("create_project", "POST /projects", { creates: "project" }),
  operation("update_project", "PATCH /projects/:project_id", { loads: ["project"] }),
  operation("delete_project", "DELETE /projects/:project_id", { loads: ["project"] }),
  operation("list_domains", "GET /domains", { filters: ["name", "enabled"] }),
  operation("get_domain", "GET /domains/:domain_id", { loads: ["domain"] }),
  operation("create_domain", "POST /domains"),
  operation("update_domain", "PATCH /domains/:domain_id", { loads: ["domain"], isLoadedFirst: true }),
  operation("delete_domain", "DELETE /domains/:domain_id", { loads: ["domain"], isLoadedFirst: true }),
  operation("list_groups", "GET /groups", {
    listKey: "target.group.domain_id",
    filters: ["domain_id", "name"],
  }),
  operation("get_group", "GET /groups/:group_id", { loads: ["group"] }),
  operation("create_group", "POST /groups", { creates: "group" }),
  operation("update_group", "PATCH /groups/:group_id", { loads: ["group"] }),
  operation("delete_group", "DELETE /groups/:group_id", { loads: ["group"], isLoadedFirst: true }),
  operation("list_users_in_group", "GET /groups/:group_id/users", { loads: ["group"] }),
  operation("check_user_in_group", "GET /groups/:group_id/users/:user_id", { loads: ["user", "group"] }),
  operation("add_user_to_group", "PUT /groups/:group_id/users/:user_id", { loads: ["user", "group"] }),
  operation("remove_user_from_group", "DELETE /groups/:group_id/users/:user_id", {
    loads: ["user", "group"],
  }),
  operation("list_roles", "GET /roles", { filters: ["name", "domain_id"] }),
  operation("get_role", "GET /roles/:role_id", { loads: ["role"], isLoadedFirst: true }),
  operation("create_role", "POST /roles"),
  operation("update_role", "PATCH /roles/:role_id", { loads: ["role"], isLoadedFirst: true }),
  operation("delete_role", "DELETE /roles/:role_id", { loads: ["role"], isLoadedFirst: true }),
  operation("list_grants", `GET ${GRANTS}`, { loads: GRANTEES }),
  operation("check_grant", `GET ${GRANT}`, { loads: ["role", ...GRANTEES] }),
  operation("create_grant", `PUT ${GRANT}`, { loads: ["role", ...GRANTEES] }),
  operation("revoke_grant", `DELETE ${GRANT}`, { loads: ["role", ...GRANTEES] }),
  operation("list_role_assignments", "GET /role_assignments", {
    listKey: "target.domain_id",
    filters: ASSIGNMENT_FILTERS,
  }),
  operation("create_trust", "POST /OS-TRUST/trusts", { creates: "trust" }),
  operation("get_trust", `GET ${TRUST}`, { loads: ["trust"] }),
  operation("delete_trust", `DELETE ${TRUST}`, { loads: ["trust"] }),
  operation("list_application_credentials", `GET ${APP_CREDS}`, { filters: ["name"] }),
  operation("create_application_credential", `POST ${APP_CREDS}`),
  operation("ec2_list_credentials", `GET ${EC2}`),
  operation("ec2_create_credential", `POST ${EC2}`, { loads: ["credential"] }),
  operation("list_services", "GET /services", { filters: ["type", "name"] }),
  operation("get_auth_projects", "GET /auth/projects"),
  operation("get_auth_domains", "GET /auth/domains"),
  operation("validate_token", "GET /auth/tokens", { loads: ["token"] }),
  operation("revoke_token", "DELETE /auth/tokens", { loads: ["token"] }),
];

const byRule = new Map(KEYSTONE_OPERATIONS.map((each) => [each.rule, each]));

export function findOperation(rule: string): KeystoneOperation | null {
  return byRule.get(rule) ?? null;
}

/** Variables of the URL, whichever of its forms is called. */
export function urlVariables({ paths }: KeystoneOperation): string[] {
  return [...new Set(paths.flatMap((path) => [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "")))];
}
