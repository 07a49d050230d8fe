import { servicesFind as definition } from "#server/domain/operation/container-infra.ts";
import { magnumServicesBody } from "#server/openstack/wire/cluster.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation } from "../handler.ts";

export const servicesFind: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const reader = await openReader(context);
    const { up, states } = await readServices(reader);
    if (up === 0) {
      return blocked(
        `No Magnum conductor is up (${states.join(", ") || "none is known"}). A cluster would stay in CREATE_IN_PROGRESS for ever.`,
        "Start the Magnum conductor, then preview this stage again.",
      );
    }
    const says = up === 1 ? "One Magnum conductor is up." : `${up} Magnum conductors are up.`;
    return { disposition: "read", says, outputs: {}, reads: reader.reads };
  },

  async readBack(context) {
    return { values: await readServices(await openReader(context)) };
  },
};

async function readServices(reader: CloudReader) {
  const { mservices } = await reader.get({
    service: "container-infra",
    path: "/mservices",
    body: magnumServicesBody,
  });
  const isUp = (service: (typeof mservices)[number]) =>
    service.state === "up" && service["disabled"] !== true;
  return {
    up: mservices.filter(isUp).length,
    states: mservices.map(({ binary, state }) => `${binary} ${state}`),
  };
}
