import { routerEnsure as definition } from "#server/domain/operation/network.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { routerBody, routersBody } from "#server/openstack/wire/router.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, differences, outputOf, plannedCall } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { ownOf, severalOf } from "./own-objects.ts";

export const routerEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { name }) {
    const reader = await openReader(context);
    const path = callPath`/routers?name=${name}`;
    const { routers } = await reader.get({ service: "network", path, body: routersBody });
    const own = ownOf(reader, routers);
    const [found] = own;
    if (own.length > 1) {
      const { says, advice } = severalOf("router", name, own.length);
      return blocked(says, advice);
    }
    if (found) {
      const wrong = differences(found, { admin_state_up: true });
      if (wrong.length > 0) {
        return blocked(
          `The router ${name} exists and is switched off: ${wrong.join("; ")}.`,
          "Find out who switched it off. Switch it on, then preview again.",
        );
      }
      return {
        disposition: "already_so",
        says: `The router ${name} exists.`,
        outputs: { id: found.id },
        preconditions: [{ says: `The router ${name} exists`, observed: found.id }],
        reads: reader.reads,
      };
    }
    const create = plannedCall(context, "create", {
      method: "POST",
      service: "network",
      path: "/routers",
      body: { router: { name, admin_state_up: true } },
      accept: [201],
      captures: { id: "/router/id" },
      probe: { path, list: "/routers", captures: { id: "/id" } },
    });
    return {
      disposition: "apply",
      says: `The project has no router ${name}: it will be created.`,
      calls: [create],
      outputs: { id: outputRef(context.stepId, "id") },
      preconditions: [{ says: `No router is named ${name}`, observed: null }],
      reads: reader.reads,
      revert: `Delete the router ${name}, after its interfaces and its gateway.`,
    };
  },

  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const path = callPath`/routers/${outputOf(outputs, "id")}`;
    const { router } = await reader.get({ service: "network", path, body: routerBody });
    const { id, name, status, project_id } = router;
    return { values: { id, name, status, project_id } };
  },
};
