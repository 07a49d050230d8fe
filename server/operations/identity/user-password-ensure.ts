import { userPasswordEnsure as definition } from "#server/domain/operation/identity.ts";
import { secretRef } from "#server/domain/plan/refs.ts";
import { userBody } from "#server/openstack/wire/user.ts";
import { callPath, isKnown } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, plannedCall } from "../draft.ts";
import type { Operation } from "../handler.ts";

export const userPasswordEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { user_id, project_id, password_secret }) {
    const path = callPath`/users/${user_id}`;
    const reader = isKnown(user_id) ? await openReader(context) : null;
    const user = reader && (await reader.get({ service: "identity", path, body: userBody })).user;
    if (user && !user.enabled) {
      return blocked(
        `The user ${user.name} is disabled: enabled is false, not true. A new password would not let it in.`,
        "Find out who disabled the account. Enable it first, then preview again.",
      );
    }
    const reads = reader?.reads ?? [];
    const isHeld = user !== null && isKnown(project_id) && context.holdsSecret(password_secret);
    if (
      isHeld &&
      (await context.passwordWorks({ userId: user_id, projectId: project_id, secret: password_secret }))
    ) {
      return {
        disposition: "already_so",
        says: `The sealed password of ${user.name} works.`,
        outputs: {},
        reads,
      };
    }
    const set = plannedCall(context, "set", {
      method: "PATCH",
      service: "identity",
      path,
      // The password alone: with "enabled" beside it, the call would revive a disabled account.
      body: { user: { password: secretRef(password_secret) } },
      accept: [200],
    });
    return {
      disposition: "apply",
      says: isHeld
        ? "The sealed password no longer works: a new one will be generated, sealed and set. Tokens of the user end with it."
        : "No password is sealed for the user: one will be generated, sealed and set. Tokens of the user end with it.",
      calls: [set],
      outputs: {},
      generates: [password_secret],
      preconditions: [{ says: "The user is enabled", observed: true }],
      reads,
      revert: "None: the password before is not known. Set another one.",
    };
  },

  async readBack(context, { user_id }) {
    const reader = await openReader(context);
    const path = callPath`/users/${user_id}`;
    const { user } = await reader.get({ service: "identity", path, body: userBody });
    return { values: { id: user.id, name: user.name, enabled: user.enabled } };
  },
};
