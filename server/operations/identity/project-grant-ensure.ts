import type * as z from "zod";
import { projectGrantEnsure as definition } from "#server/domain/operation/identity.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";
import { refuseOutside } from "./catalogue-rule.ts";
import { type Grant, isGranted, planGrant } from "./grant.ts";

export const projectGrantEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const grant = grantOf(parameters);
    return (await refuseOutside(context, grant)) ?? planGrant(context, grant);
  },

  async readBack(context, parameters) {
    const granted = await isGranted(await openReader(context), grantOf(parameters));
    return { values: { granted, role: parameters.role } };
  },
};

function grantOf(parameters: z.output<typeof definition.parameters>): Grant {
  const { project_id, user_id, role_id, role } = parameters;
  return { scope: "project", scope_id: project_id, user_id, role_id, role };
}
