import { policyGround as definition } from "#server/domain/operation/identity-policy.ts";
import { domainBody } from "#server/openstack/wire/domain.ts";
import { projectBody } from "#server/openstack/wire/project.ts";
import { userBody } from "#server/openstack/wire/user.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, notFound } from "../draft.ts";
import type { Operation, PlanContext } from "../handler.ts";
import { findTargets } from "../identity/isolation-targets.ts";
import { readRoles } from "../identity/roles-resolve.ts";

type Ground =
  { kind: "ground"; ids: Record<string, string> } | { kind: "missing"; says: string; advice: string };

export const policyGround: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const reader = await openReader(context);
    const found = await findGround(context, reader);
    if (found.kind === "missing") return blocked(found.says, found.advice);
    return {
      disposition: "read",
      says: "The tenant's domain, project and service user exist, somebody else's as well, and so do the roles.",
      outputs: found.ids,
      reads: reader.reads,
    };
  },

  async readBack(context) {
    const found = await findGround(context, await openReader(context));
    if (found.kind === "missing") throw notFound(found.says);
    return { values: found.ids };
  },
};

async function findGround({ recorded }: Pick<PlanContext, "recorded">, reader: CloudReader): Promise<Ground> {
  const [domainId, projectId, userId] = ["domain_id", "project_id", "svc_id"].map(recorded);
  if (typeof domainId !== "string" || typeof projectId !== "string" || typeof userId !== "string") {
    return missing(
      "This tenant has no domain with a manager, a project and a service user yet.",
      "Run stages 1 and 2 of its onboarding, then preview again.",
    );
  }
  const at = { service: "identity" } as const;
  const own = [
    await reader.find({ ...at, path: callPath`/domains/${domainId}`, body: domainBody }),
    await reader.find({ ...at, path: callPath`/projects/${projectId}`, body: projectBody }),
    await reader.find({ ...at, path: callPath`/users/${userId}`, body: userBody }),
  ];
  if (own.includes(null)) {
    return missing(
      "The tenant's domain, project or service user is not there any more, and what is not there is refused to everybody.",
      "Use a tenant that is whole.",
    );
  }
  const other = await findTargets(reader, domainId);
  if (other === null) {
    return missing(
      "No other domain of this cloud has both a project and a user, so there is nothing real to be refused.",
      "Create a second domain with a project and a user, then preview again.",
    );
  }
  const roles = await readRoles(reader);
  if (roles.missing.length > 0) {
    return missing(
      `The cloud has no role named ${roles.missing.join(", ")}.`,
      "Create it, then preview again.",
    );
  }
  return {
    kind: "ground",
    ids: {
      own_domain_id: domainId,
      own_project_id: projectId,
      own_user_id: userId,
      other_domain_id: other.domain.id,
      other_project_id: other.project.id,
      other_user_id: other.user.id,
      ...roles.ids,
    },
  };
}

const missing = (says: string, advice: string) => ({ kind: "missing" as const, says, advice });
