import { grantAttempt as definition } from "#server/domain/operation/identity.ts";
import { openReader } from "../cloud-reader.ts";
import { plannedCall } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { assignmentsPath, grantPath, isGranted } from "./grant.ts";

export const grantAttempt: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, grant) {
    const attempt = plannedCall(context, "attempt", {
      method: "PUT",
      service: "identity",
      path: grantPath(grant),
      body: null,
      // A grant that goes through is an answer too: the read-back judges it, and the gate fails.
      accept: [403, 201, 204],
      probe: { path: assignmentsPath(grant), list: "/role_assignments", captures: {} },
    });
    return {
      disposition: "attempt",
      says: `The cloud has to refuse ${grant.role} on the ${grant.scope}. Whether it did is read back, not taken from its answer.`,
      calls: [attempt],
      outputs: {},
      reads: [],
      revert: `Needed only if the cloud grants it: take ${grant.role} on the ${grant.scope} back with DELETE on the same path.`,
    };
  },

  async readBack(context, grant) {
    const granted = await isGranted(await openReader(context), grant);
    await context.say(
      granted
        ? `The grant of ${grant.role} on the ${grant.scope} went through. The policy lets the manager escalate.`
        : `No grant of ${grant.role} on the ${grant.scope} exists after the attempt.`,
    );
    return { values: { granted, role: grant.role } };
  },
};
