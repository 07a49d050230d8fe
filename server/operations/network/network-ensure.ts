import { networkEnsure as definition } from "#server/domain/operation/network.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { networkBody, networksBody } from "#server/openstack/wire/network.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, differences, outputOf, plannedCall } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { ownOf, severalOf } from "./own-objects.ts";

export const networkEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { name }) {
    const reader = await openReader(context);
    const path = callPath`/networks?name=${name}`;
    const { networks } = await reader.get({ service: "network", path, body: networksBody });
    const own = ownOf(reader, networks);
    const [found] = own;
    if (own.length > 1) {
      const { says, advice } = severalOf("network", name, own.length);
      return blocked(says, advice);
    }
    if (found) {
      const wrong = differences(
        { ...found, external: found["router:external"] ?? false },
        { admin_state_up: true, shared: false, external: false },
      );
      if (wrong.length > 0) {
        return blocked(
          `The network ${name} exists and is not a plain tenant network: ${wrong.join("; ")}.`,
          "Find out who changed it. Put it right or rename it, then preview again.",
        );
      }
      return {
        disposition: "already_so",
        says: `The network ${name} exists.`,
        outputs: { id: found.id },
        preconditions: [{ says: `The network ${name} exists`, observed: found.id }],
        reads: reader.reads,
      };
    }
    const create = plannedCall(context, "create", {
      method: "POST",
      service: "network",
      path: "/networks",
      body: { network: { name, admin_state_up: true } },
      accept: [201],
      captures: { id: "/network/id" },
      probe: { path, list: "/networks", captures: { id: "/id" } },
    });
    return {
      disposition: "apply",
      says: `The project has no network ${name}: it will be created.`,
      calls: [create],
      outputs: { id: outputRef(context.stepId, "id") },
      preconditions: [{ says: `No network is named ${name}`, observed: null }],
      reads: reader.reads,
      revert: `Delete the network ${name}.`,
    };
  },

  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const path = callPath`/networks/${outputOf(outputs, "id")}`;
    const { network } = await reader.get({ service: "network", path, body: networkBody });
    const { id, name, status, project_id } = network;
    return { values: { id, name, status, project_id } };
  },
};
