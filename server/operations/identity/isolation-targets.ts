import { isolationTargets as definition } from "#server/domain/operation/identity.ts";
import { domainBody, domainsBody } from "#server/openstack/wire/domain.ts";
import { projectBody, projectsBody } from "#server/openstack/wire/project.ts";
import { userBody, usersBody } from "#server/openstack/wire/user.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, outputOf } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { ISOLATION_DOMAINS_MAX } from "../limits.ts";

const KEYSTONE_ID = /^[0-9a-f]{32}([0-9a-f]{32})?$/;

export const isolationTargets: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { own_domain_id }) {
    const reader = await openReader(context);
    const targets = await findTargets(reader, own_domain_id);
    if (targets === null) {
      return blocked(
        "No other domain of this cloud has both a project and a user, so there is nothing real to be refused.",
        "Create a second domain with a project and a user, then preview again.",
      );
    }
    return {
      disposition: "read",
      says: `The domain ${targets.domain.name} with the project ${targets.project.name} and the user ${targets.user.name} belongs to somebody else.`,
      outputs: {
        domain_id: targets.domain.id,
        project_id: targets.project.id,
        user_id: targets.user.id,
      },
      reads: reader.reads,
    };
  },

  /** Proves that the very targets of the plan still exist. */
  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const { domain } = await reader.get({
      service: "identity",
      path: callPath`/domains/${outputOf(outputs, "domain_id")}`,
      body: domainBody,
    });
    const { project } = await reader.get({
      service: "identity",
      path: callPath`/projects/${outputOf(outputs, "project_id")}`,
      body: projectBody,
    });
    const { user } = await reader.get({
      service: "identity",
      path: callPath`/users/${outputOf(outputs, "user_id")}`,
      body: userBody,
    });
    return {
      values: {
        domain_id: domain.id,
        domain: domain.name,
        project_id: project.id,
        project: project.name,
        user_id: user.id,
        user: user.name,
      },
    };
  },
};

/** The operator's own domain first: it holds a project and a user on every cloud. */
export async function findTargets(reader: CloudReader, ownDomainId: string) {
  const { domains } = await reader.get({ service: "identity", path: "/domains", body: domainsBody });
  const operatorDomainId = reader.session.describe().userDomainId;
  const candidates = domains
    .filter((domain) => domain.id !== ownDomainId && KEYSTONE_ID.test(domain.id))
    .sort(
      (a, b) =>
        Number(b.id === operatorDomainId) - Number(a.id === operatorDomainId) || a.name.localeCompare(b.name),
    )
    .slice(0, ISOLATION_DOMAINS_MAX);
  for (const domain of candidates) {
    const ofDomain = { service: "identity" } as const;
    const projectsPath = callPath`/projects?domain_id=${domain.id}`;
    const usersPath = callPath`/users?domain_id=${domain.id}`;
    const { projects } = await reader.get({ ...ofDomain, path: projectsPath, body: projectsBody });
    const { users } = await reader.get({ ...ofDomain, path: usersPath, body: usersBody });
    const project = projects.filter(isPlain).sort(byName)[0];
    const user = users.filter(isPlain).sort(byName)[0];
    if (project && user) return { domain, project, user };
  }
  return null;
}

const isPlain = ({ id }: { id: string }) => KEYSTONE_ID.test(id);
const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
