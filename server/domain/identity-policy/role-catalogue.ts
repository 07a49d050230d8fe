/** A role of the cloud: what it is for and where it may stand. */
export interface CatalogueRole {
  role: string;
  what: string;
  scope: string;
  note: string;
}

/** Which account holds which roles where. */
export interface CatalogueAccount {
  account: string;
  roles: readonly string[];
  scope: string;
  why: string;
}

export const CATALOGUE_ROLES: readonly CatalogueRole[] = [
  {
    role: "admin",
    what: "The whole cloud, when it stands on the operators' own domain or project; one domain, when it stands on a service domain.",
    scope: "the operators' domain and project, or a service domain",
    note: "Never given to tenants: it does not stop at a domain's edge. Admin and admin are one role.",
  },
  {
    role: "manager",
    what: "People, projects, groups and roles inside one domain, by the policy override.",
    scope: "a tenant's domain",
    note: "May give away member and load-balancer_member and nothing else: not admin, and no second manager.",
  },
  {
    role: "member",
    what: "Work with a project's servers, networks, volumes and images.",
    scope: "a project",
    note: "What everybody who works in a tenant holds.",
  },
  {
    role: "load-balancer_member",
    what: "Make and run load balancers.",
    scope: "a project",
    note: "Needed for a tenant's own load balancers and for every Kubernetes cluster, whose API stands behind one.",
  },
  {
    role: "reader",
    what: "Look, and change nothing.",
    scope: "a project or a domain",
    note: "Given where somebody has to see and not to act. A domain manager does not give it away.",
  },
];

export const CATALOGUE_ACCOUNTS: readonly CatalogueAccount[] = [
  {
    account: "admin",
    roles: ["admin"],
    scope: "the operators' domain and project",
    why: "Runs the cloud. There is one.",
  },
  {
    account: "admin, as the owner of the operators' clusters",
    roles: ["member", "load-balancer_member", "reader"],
    scope: "the project capi-mgmt",
    why: "What a cluster's trust hands on is what its owner holds on the project, and clusters need load balancers.",
  },
  {
    account: "magnum_domain_admin",
    roles: ["admin"],
    scope: "the domain magnum",
    why: "Makes one trustee for each cluster. It holds no manager role: the corrected fall-through of create_user lets it.",
  },
  {
    account: "accounts of the cloud's services",
    roles: ["admin", "service"],
    scope: "the project services",
    why: "Made with the cloud by what deployed it; nobody signs in with them.",
  },
  {
    account: "TENANT-domain-admin",
    roles: ["manager"],
    scope: "the tenant's domain",
    why: "The one account that an operator makes in a tenant. From there the tenant serves itself.",
  },
  {
    account: "people of a tenant",
    roles: ["member", "load-balancer_member", "reader"],
    scope: "the tenant's projects",
    why: "Made and given their roles by the tenant's own manager; no operator has a part in it.",
  },
  {
    account: "TENANT-svc and other accounts of automation",
    roles: ["member", "load-balancer_member"],
    scope: "the tenant's project",
    why: "Stands behind an application credential, so that pipelines can run clusters and load balancers.",
  },
  {
    account: "the trustee of a cluster",
    roles: [],
    scope: "nowhere",
    why: "Magnum makes it with the cluster and removes it with it. It acts by a trust; a role of its own is never given by hand.",
  },
];

/** Rules of the catalogue, by the id that a refusal cites. */
const RULES = {
  unknown_role: "The catalogue has no such role.",
  admin_not_for_tenants: "The role admin is not given to tenants: it does not stop at the edge of a domain.",
  admin_place:
    "The role admin stands on the operators' domain and project, on the domain magnum and on the project services.",
  manager_on_own_domain: "The role manager stands on a tenant's domain, for an account of that domain.",
  one_manager: "A tenant's domain has one manager, the account TENANT-domain-admin.",
  roles_on_projects: "The roles member and load-balancer_member stand on projects.",
  own_domain_only: "An account holds roles in its own domain only.",
  trustee_never: "A cluster's trustee holds no role of its own: Magnum makes it, and it acts by a trust.",
  service_place: "The role service stands on the project services, for accounts of the cloud's services.",
  no_system: "Nobody holds a role on the system: the policy is of the kind that enforces no scopes.",
} as const;
export type CatalogueRule = keyof typeof RULES;

export type Judged = { kind: "inside" } | { kind: "outside"; rule: CatalogueRule; says: string };

const INSIDE: Judged = { kind: "inside" };
const outside = (rule: CatalogueRule): Judged => ({ kind: "outside", rule, says: RULES[rule] });

/** `<cluster uuid>_<project id>`: magnum/conductor/handlers/common/trust_manager.py. */
const TRUSTEE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_[0-9a-f]{32}$/;
const PROJECT_ROLES = new Set(["member", "load-balancer_member"]);

/** A grant that a runbook would give for a tenant. */
export interface ProposedGrant {
  role: string;
  scope: "project" | "domain";
  /** The account's name, where it is known already. */
  account: string | null;
  tenant: string;
  /** Whether it stands on the tenant's own domain; true of a project, which the tenant's stages make. */
  isOwnDomain: boolean;
}

/** Whether the catalogue has such a grant for a tenant. A refusal cites the rule that forbids it. */
export function judgeProposedGrant({ role, scope, account, tenant, isOwnDomain }: ProposedGrant): Judged {
  const name = role.toLowerCase();
  if (account !== null && TRUSTEE.test(account)) return outside("trustee_never");
  if (name === "admin") return outside("admin_not_for_tenants");
  if (name === "manager") {
    if (scope !== "domain" || !isOwnDomain) return outside("manager_on_own_domain");
    return account === null || account === `${tenant}-domain-admin` ? INSIDE : outside("one_manager");
  }
  if (PROJECT_ROLES.has(name)) return scope === "project" ? INSIDE : outside("roles_on_projects");
  if (name === "reader") return scope === "project" || isOwnDomain ? INSIDE : outside("own_domain_only");
  return outside(name === "service" ? "service_place" : "unknown_role");
}

/** A role that somebody holds in a cloud, by names. */
export interface LiveAssignment {
  role: string;
  /** Whoever holds it; a group counts as an account. */
  account: string;
  accountDomain: string;
  scope:
    { kind: "project"; name: string; domain: string } | { kind: "domain"; name: string } | { kind: "system" };
}

/** How a cloud names what is the operators' and what came with it. */
export interface CloudNames {
  operatorDomain: string;
  operatorProject: string;
}

const MAGNUM = { account: "magnum_domain_admin", domain: "magnum" };
const SERVICES_PROJECT = "services";
const CLUSTERS_PROJECT = "capi-mgmt";

/** Whether the catalogue has it that this account holds this role there. */
export function judgeAssignment(held: LiveAssignment, names: CloudNames): Judged {
  const { account, accountDomain, scope } = held;
  const role = held.role.toLowerCase();
  if (scope.kind === "system") return outside("no_system");
  if (TRUSTEE.test(account)) return outside("trustee_never");
  const isServices =
    scope.kind === "project" && scope.name === SERVICES_PROJECT && scope.domain === accountDomain;
  const scopeDomain = scope.kind === "domain" ? scope.name : scope.domain;
  switch (role) {
    case "admin":
      if (isServices || isOperators(held, names)) return INSIDE;
      if (scope.kind === "domain" && scope.name === MAGNUM.domain && account === MAGNUM.account)
        return INSIDE;
      return outside(accountDomain === names.operatorDomain ? "admin_place" : "admin_not_for_tenants");
    case "service":
      return isServices ? INSIDE : outside("service_place");
    case "manager":
      if (scope.kind !== "domain" || scope.name !== accountDomain) return outside("manager_on_own_domain");
      return account === `${accountDomain}-domain-admin` ? INSIDE : outside("one_manager");
    case "member":
    case "load-balancer_member":
    case "reader":
      if (scope.kind === "domain" && role !== "reader") return outside("roles_on_projects");
      if (scopeDomain === accountDomain) return INSIDE;
      return scope.kind === "project" &&
        scope.name === CLUSTERS_PROJECT &&
        accountDomain === names.operatorDomain
        ? INSIDE
        : outside("own_domain_only");
    default:
      return outside("unknown_role");
  }
}

function isOperators(
  { accountDomain, scope }: LiveAssignment,
  { operatorDomain, operatorProject }: CloudNames,
): boolean {
  if (accountDomain !== operatorDomain) return false;
  if (scope.kind === "domain") return scope.name === operatorDomain;
  return scope.kind === "project" && scope.domain === operatorDomain && scope.name === operatorProject;
}
