import * as z from "zod";
import { judgeProposedGrant } from "#server/domain/identity-policy/role-catalogue.ts";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import { roleBody } from "#server/openstack/wire/role.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import { userBody } from "#server/openstack/wire/user.ts";
import { callPath, isKnown } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { PlanContext, StepDraft } from "../handler.ts";
import type { Grant } from "./grant.ts";

/**
 * Refuses a grant that the catalogue of roles and accounts does not have, with the rule that forbids it; null for one that
 * it has. A role's id has to be that of the role that is named, as far as this identity may look.
 */
export async function refuseOutside(context: PlanContext, grant: Grant): Promise<StepDraft | null> {
  const { role, scope, scope_id, user_id, role_id } = grant;
  const named = isKnown(role_id) ? await nameOfRole(await openReader(context), role_id) : null;
  if (named !== null && named.toLowerCase() !== role.toLowerCase()) {
    return blocked(
      `The role's id is that of ${named}, not of ${role}.`,
      "Take the id from the step that resolves the roles, then preview again.",
    );
  }
  const ownDomain = context.recorded("domain_id");
  const judged = judgeProposedGrant({
    role,
    scope,
    account: isKnown(user_id)
      ? await nameOfUser(await openReader(context), user_id)
      : plannedName(context.planned(user_id)),
    tenant: context.tenant.slug,
    isOwnDomain: scope === "project" || !isKnown(scope_id) || ownDomain === null || ownDomain === scope_id,
  });
  if (judged.kind === "inside") return null;
  return blocked(
    `The catalogue of roles and accounts does not have ${role} on a ${scope} here. ${judged.says} (rule ${judged.rule})`,
    "Give what the catalogue has for this account; it stands on the page Policy, under Roles and accounts.",
  );
}

/** A manager may not look at every role, and then may not give it either. */
async function nameOfRole(reader: CloudReader, id: string): Promise<string | null> {
  const answer = await reader.ask({
    service: "identity",
    path: callPath`/roles/${id}`,
    accept: [200, 403, 404],
  });
  return answer.status === 200 ? readBody(roleBody, answer).role.name : null;
}

const newUserSchema = z.object({ user: z.object({ name: z.string() }) });

/** The name of an account that this very plan makes before it gives it a role. */
function plannedName(call: PlannedCall | null): string | null {
  const read = newUserSchema.safeParse(call?.body);
  return read.success ? read.data.user.name : null;
}

async function nameOfUser(reader: CloudReader, id: string): Promise<string | null> {
  const answer = await reader.ask({
    service: "identity",
    path: callPath`/users/${id}`,
    accept: [200, 403, 404],
  });
  return answer.status === 200 ? readBody(userBody, answer).user.name : null;
}
