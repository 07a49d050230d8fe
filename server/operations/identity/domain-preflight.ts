import { domainPreflight as definition } from "#server/domain/operation/identity.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { readDomainState } from "./tenant-domain.ts";

export const domainPreflight: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { name }) {
    const reader = await openReader(context);
    const found = await readDomainState(reader, name, context.tenant.id);
    if (found.state === "foreign") {
      return blocked(
        `A domain named ${found.domain.name} exists (${found.domain.id}), and this tenant's run did not make it.`,
        "Choose another client name. If the domain is a leftover, find out whose it is before removing it.",
      );
    }
    const says =
      found.state === "absent"
        ? `No domain is named ${name}.`
        : `The domain ${name} was made by an earlier run of this tenant.`;
    const id = found.state === "own" ? found.domain.id : null;
    return { disposition: "read", says, outputs: { state: found.state, id }, reads: reader.reads };
  },

  async readBack(context, { name }) {
    const found = await readDomainState(await openReader(context), name, context.tenant.id);
    return { values: { state: found.state, id: found.state === "absent" ? null : found.domain.id } };
  },
};
