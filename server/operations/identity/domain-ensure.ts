import { domainEnsure as definition } from "#server/domain/operation/identity.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { domainBody } from "#server/openstack/wire/domain.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, outputOf, plannedCall } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { domainByName, markedDescription, readDomainState } from "./tenant-domain.ts";

export const domainEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { name, description }) {
    const reader = await openReader(context);
    const found = await readDomainState(reader, name, context.tenant.id);
    if (found.state === "foreign") {
      return blocked(
        `A domain named ${found.domain.name} exists (${found.domain.id}), and this tenant's run did not make it: its description does not carry the tenant's mark.`,
        "Choose another client name, or remove the domain after asking whose it is.",
      );
    }
    if (found.state === "own" && !found.domain.enabled) {
      return blocked(
        `The domain ${name} exists and is disabled: enabled is false, not true.`,
        "Somebody disabled it. Find out why; enable it as cloud administrator, then preview again.",
      );
    }
    if (found.state === "own") {
      return {
        disposition: "already_so",
        says: `The domain ${name} exists and is this tenant's.`,
        outputs: { id: found.domain.id },
        preconditions: [{ says: `The domain ${name} exists`, observed: found.domain.id }],
        reads: reader.reads,
      };
    }
    const create = plannedCall(context, "create", {
      method: "POST",
      service: "identity",
      path: "/domains",
      body: {
        domain: { name, description: markedDescription(description, context.tenant.id), enabled: true },
      },
      accept: [201],
      captures: { id: "/domain/id" },
      probe: { path: domainByName(name), list: "/domains", captures: { id: "/id" } },
    });
    return {
      disposition: "apply",
      says: `No domain is named ${name}: it will be created.`,
      calls: [create],
      outputs: { id: outputRef(context.stepId, "id") },
      preconditions: [{ says: `No domain is named ${name}`, observed: null }],
      reads: reader.reads,
      revert: `Disable the domain ${name}, then delete it with everything in it.`,
    };
  },

  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const path = callPath`/domains/${outputOf(outputs, "id")}`;
    const { domain } = await reader.get({ service: "identity", path, body: domainBody });
    const { id, name, enabled } = domain;
    return { values: { id, name, enabled, description: domain.description ?? "" } };
  },
};
