import { catalogueRead as definition } from "#server/domain/operation/identity-policy.ts";
import {
  type CloudNames,
  judgeAssignment,
  type LiveAssignment,
} from "#server/domain/identity-policy/role-catalogue.ts";
import { domainBody } from "#server/openstack/wire/domain.ts";
import { projectBody } from "#server/openstack/wire/project.ts";
import { type RoleAssignment, roleAssignmentsBody } from "#server/openstack/wire/role-assignment.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import type { ObservedFinding, Operation } from "../handler.ts";

const PATH = "/role_assignments?include_names=true";
/** Findings of one run; the count has them all. */
const NAMED_MAX = 100;

export const catalogueRead: Operation<typeof definition.parameters> = {
  definition,

  async plan() {
    return {
      disposition: "read",
      says: "Every role that anybody was given is read and looked up in the catalogue.",
      outputs: {},
      reads: [{ service: "identity", path: PATH }],
    };
  },

  async readBack(context) {
    const reader = await openReader(context);
    const names = await namesOf(reader);
    const { role_assignments } = await reader.get({
      service: "identity",
      path: PATH,
      body: roleAssignmentsBody,
    });
    const outside = role_assignments.map(heldOf).flatMap((held) => {
      const judged = judgeAssignment(held, names);
      if (judged.kind === "inside") return [];
      const { rule, says } = judged;
      const account = `${held.account} of ${held.accountDomain}`;
      return [{ role: held.role, account, scope: scopeInWords(held), rule, says }];
    });
    await context.say(`${role_assignments.length} assignments, ${outside.length} outside the catalogue`);
    return {
      values: { asked: role_assignments.length, outside: outside.length, assignments: outside },
      findings: outside.slice(0, NAMED_MAX).map(findingOf),
    };
  },
};

function findingOf(held: {
  role: string;
  account: string;
  scope: string;
  rule: string;
  says: string;
}): ObservedFinding {
  const { role, account, scope, rule, says } = held;
  const of = [role, account, scope].join("_").replaceAll(/[^a-z0-9]+/gi, "_");
  return {
    code: `role_outside_catalogue_${of}`.slice(0, 200),
    severity: "problem",
    says: `${account} holds ${role} on ${scope}, which the catalogue does not have. ${says}`,
    observed: { role, account, scope, rule },
  };
}

/** The operators' domain and project are the ones that the console itself signs in to. */
async function namesOf(reader: CloudReader): Promise<CloudNames> {
  const { userDomainId, projectId } = reader.session.describe();
  const at = { service: "identity" } as const;
  const domain = await reader.get({ ...at, path: callPath`/domains/${userDomainId}`, body: domainBody });
  if (projectId === null) return { operatorDomain: domain.domain.name, operatorProject: "" };
  const project = await reader.get({ ...at, path: callPath`/projects/${projectId}`, body: projectBody });
  return { operatorDomain: domain.domain.name, operatorProject: project.project.name };
}

/** By names; what has none any more, because the thing was removed, is shown by its id. */
function heldOf({ role, user, group, scope }: RoleAssignment): LiveAssignment {
  const who = user ?? group;
  const nameOf = (thing: { id: string; name?: string | undefined } | undefined) =>
    thing?.name ?? thing?.id ?? "";
  const at = (): LiveAssignment["scope"] => {
    if (scope.project) {
      return { kind: "project", name: nameOf(scope.project), domain: nameOf(scope.project.domain) };
    }
    return scope.domain ? { kind: "domain", name: nameOf(scope.domain) } : { kind: "system" };
  };
  return { role: nameOf(role), account: nameOf(who), accountDomain: nameOf(who?.domain), scope: at() };
}

function scopeInWords({ scope }: LiveAssignment): string {
  if (scope.kind === "system") return "the system";
  return scope.kind === "domain"
    ? `the domain ${scope.name}`
    : `the project ${scope.name} of ${scope.domain}`;
}
