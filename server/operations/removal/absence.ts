import { tenantAbsence as definition } from "#server/domain/operation/tenant.ts";
import { inWords } from "#server/domain/removal/thing.ts";
import { apiPath } from "#server/openstack/api-path.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";
import { ALL_PARTS, readInventory } from "./inventory.ts";
import { listInWords } from "./words.ts";

/** The second audit: everything is looked for once more, also by the ids of projects and users that are gone. */
export const tenantAbsence: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, { domain_id }) {
    return {
      disposition: "read",
      says: "Everything is looked for once more, by the ids of the projects and users that were there.",
      outputs: {},
      reads: [{ service: "identity", path: apiPath`/domains/${domain_id}` }],
    };
  },

  async readBack(context, { domain_id, holds_nothing }) {
    const { scope, things } = await readInventory(await openReader(context), {
      domainId: domain_id,
      parts: ALL_PARTS,
      holdsNothing: holds_nothing,
      recorded: context.recorded,
    });
    const explanation =
      things.length === 0 ? "Nothing of the tenant is left." : `Left: ${listInWords(things)}.`;
    await context.say(explanation);
    return {
      values: {
        domain: scope.domain === null ? "gone" : "present",
        left_count: things.length,
        left: things.map((thing) => `${inWords(thing)} (${thing.id})`),
        explanation,
        advice:
          things.length === 0
            ? ""
            : "Audit the tenant again and ask for the stage that removes what is named.",
      },
    };
  },
};
