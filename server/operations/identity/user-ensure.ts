import { userEnsure as definition } from "#server/domain/operation/identity.ts";
import { outputRef, secretRef } from "#server/domain/plan/refs.ts";
import { userBody, usersBody } from "#server/openstack/wire/user.ts";
import { callPath, isKnown } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, outputOf, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import type * as z from "zod";

type Parameters = z.output<typeof definition.parameters>;

export const userEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    // A domain that this very plan creates holds nobody.
    if (!isKnown(parameters.domain_id)) return createDraft(context, parameters, []);
    const reader = await openReader(context);
    const found = await findUser(reader, parameters);
    if (!found) return createDraft(context, parameters, reader.reads);
    if (!found.enabled) {
      return blocked(
        `The user ${found.name} exists and is disabled: enabled is false, not true.`,
        "Somebody disabled the account. Find out why before enabling it, then preview again.",
      );
    }
    const isSealed = context.holdsSecret(parameters.password_secret);
    return {
      disposition: "already_so",
      says: isSealed
        ? `The user ${found.name} exists in the domain.`
        : `The user ${found.name} exists in the domain. Its password is not kept here: it was handed over or set elsewhere.`,
      outputs: { id: found.id },
      preconditions: [{ says: `The user ${found.name} exists and is enabled`, observed: found.id }],
      reads: reader.reads,
    };
  },

  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const path = callPath`/users/${outputOf(outputs, "id")}`;
    const { user } = await reader.get({ service: "identity", path, body: userBody });
    return { values: { id: user.id, name: user.name, domain_id: user.domain_id, enabled: user.enabled } };
  },
};

async function findUser(reader: CloudReader, { domain_id, name }: Parameters) {
  const path = usersByName(domain_id, name);
  const { users } = await reader.get({ service: "identity", path, body: usersBody });
  return users.find((user) => user.name.toLowerCase() === name.toLowerCase()) ?? null;
}

function usersByName(domainId: string, name: string): string {
  return callPath`/users?domain_id=${domainId}&name=${name}`;
}

function createDraft(context: PlanContext, parameters: Parameters, reads: CloudReader["reads"]): StepDraft {
  const { name, domain_id, description, password_secret } = parameters;
  const create = plannedCall(context, "create", {
    method: "POST",
    service: "identity",
    path: "/users",
    // Without domain_id Keystone's policy has no domain to compare with and refuses even a domain's own manager.
    body: { user: { name, domain_id, description, enabled: true, password: secretRef(password_secret) } },
    accept: [201],
    captures: { id: "/user/id" },
    probe: { path: usersByName(domain_id, name), list: "/users", captures: { id: "/id" } },
  });
  return {
    disposition: "apply",
    says: `The domain has no user ${name}: it will be created with a generated password, which is sealed.`,
    calls: [create],
    outputs: { id: outputRef(context.stepId, "id") },
    generates: [password_secret],
    preconditions: [{ says: `The domain has no user ${name}`, observed: null }],
    reads,
    revert: `Delete the user ${name}.`,
  };
}
