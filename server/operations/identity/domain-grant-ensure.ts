import type * as z from "zod";
import { domainGrantEnsure as definition } from "#server/domain/operation/identity.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";
import { type Grant, isGranted, planGrant } from "./grant.ts";

export const domainGrantEnsure: Operation<typeof definition.parameters> = {
  definition,

  plan: (context, parameters) => planGrant(context, grantOf(parameters)),

  async readBack(context, parameters) {
    const granted = await isGranted(await openReader(context), grantOf(parameters));
    return { values: { granted, role: parameters.role } };
  },
};

function grantOf(parameters: z.output<typeof definition.parameters>): Grant {
  const { domain_id, user_id, role_id, role } = parameters;
  return { scope: "domain", scope_id: domain_id, user_id, role_id, role };
}
