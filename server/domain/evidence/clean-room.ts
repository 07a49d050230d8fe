import type { StagePlan } from "../plan/plan.ts";
import type { Identity, Service } from "../plan/states.ts";

/** What a run did under which identity, and whether a smaller one would have done. */
export interface CleanRoomCall {
  stepId: string;
  /** Null for reads. */
  callId: string | null;
  method: string;
  service: Service | "host";
  path: string;
  identity: Identity;
  /** `tenant`: the tenant's own. `needed`: only an operator may. `avoidable`: a tenant identity would do. */
  verdict: "tenant" | "needed" | "avoidable";
  says: string;
}

export interface CleanRoomReport {
  calls: CleanRoomCall[];
  operator: number;
  avoidable: number;
}

interface OperatorRule {
  service: Service;
  path: RegExp;
  /** Only before the tenant has a domain manager. */
  isBeforeManager?: true;
  says: string;
}

/**
 * What OpenStack's default policies leave to an operator. Keystone: domains, role definitions, grants of the manager
 * role and assignments across domains; users and projects of a domain are its manager's (keystone
 * doc/source/admin/service-api-protection.rst). Nova, Neutron and Magnum: quotas of a project.
 */
const OPERATOR_RULES: readonly OperatorRule[] = [
  { service: "identity", path: /^\/domains(\?|$|\/[^/]+$)/, says: "Domains are an operator's alone." },
  {
    service: "identity",
    path: /^\/(domains\/[^/]+|projects\/[^/]+)\/users\/[^/]+\/roles/,
    isBeforeManager: true,
    says: "The first grant of a domain makes its manager; before it there is nobody else to give it.",
  },
  {
    service: "identity",
    path: /^\/role_assignments/,
    says: "Assignments across domains are shown to an operator only.",
  },
  { service: "identity", path: /^\/roles(\?|$)/, says: "Role definitions belong to the cloud." },
  { service: "identity", path: /^\/OS-INHERIT\//, says: "Inherited grants belong to the cloud." },
  {
    service: "identity",
    path: /^\/users/,
    isBeforeManager: true,
    says: "The domain has no manager yet, who could make its users.",
  },
  {
    service: "identity",
    path: /^\/projects/,
    isBeforeManager: true,
    says: "The domain has no manager yet, who could make its projects.",
  },
  { service: "compute", path: /^\/os-quota-sets/, says: "Quotas of a project are set by an operator." },
  {
    service: "compute",
    path: /^\/flavors\/[^/]+\/os-flavor-access/,
    says: "Access to flavors is an operator's.",
  },
  { service: "network", path: /^\/quotas/, says: "Quotas of a project are set by an operator." },
  { service: "container-infra", path: /^\/quotas/, says: "Quotas of a project are set by an operator." },
];

/**
 * Each call and read of a plan with its identity. `hadManager` says whether the tenant had a domain manager before the
 * run; `sent` holds the calls that were really sent, or null for all of the plan.
 */
export function cleanRoomReport(
  plan: StagePlan,
  facts: { hadManager: boolean; sent: ReadonlySet<string> | null },
): CleanRoomReport {
  const calls = plan.steps.flatMap((step) => {
    const of = (call: Omit<CleanRoomCall, "stepId" | "identity" | "verdict" | "says">): CleanRoomCall => ({
      stepId: step.id,
      identity: step.identity,
      ...call,
      ...judge(step.identity, call, facts.hadManager),
    });
    const reads = step.words.reads.map(({ service, path }) =>
      of({ callId: null, method: "GET", service, path }),
    );
    const sent = step.calls
      .filter(({ id }) => facts.sent === null || facts.sent.has(id))
      .map(({ id, method, service, path }) => of({ callId: id, method, service, path }));
    return [...reads, ...sent];
  });
  return {
    calls,
    operator: calls.filter(({ verdict }) => verdict !== "tenant").length,
    avoidable: calls.filter(({ verdict }) => verdict === "avoidable").length,
  };
}

function judge(
  identity: Identity,
  call: { service: Service | "host"; path: string },
  hadManager: boolean,
): Pick<CleanRoomCall, "verdict" | "says"> {
  if (identity === "host-account")
    return { verdict: "needed", says: "Runs on a host of the operators, not in the cloud." };
  if (identity === "person")
    return { verdict: "needed", says: "Done by a person, outside of the cloud as far as the console knows." };
  if (identity !== "operator-admin")
    return { verdict: "tenant", says: "Made with the tenant's own identity." };
  const rule = OPERATOR_RULES.find(
    ({ service, path, isBeforeManager }) =>
      service === call.service && path.test(call.path) && !(isBeforeManager === true && hadManager),
  );
  return rule
    ? { verdict: "needed", says: rule.says }
    : { verdict: "avoidable", says: "An identity of the tenant would do." };
}
