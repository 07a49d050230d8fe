import { isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { NeutronCall } from "./call.ts";
import { badRequest, badRouterRequest, policyDenied } from "./faults.ts";
import { getVisibleNetwork } from "./networks.ts";
import { addPort, allocateAddress, removePorts } from "./ports.ts";
import { type RouterRecord, touch } from "./state.ts";

type GatewayChange = (router: RouterRecord) => void;

/** Checks external_gateway_info and gives back what to do with it; refusals come before any change. */
export function readGatewayChange(call: NeutronCall, action: string, document: JsonObject): GatewayChange {
  const info = document["external_gateway_info"];
  if (info === undefined) return () => undefined;
  if (info === null || (isJsonObject(info) && Object.keys(info).length === 0)) {
    return (router) => clearGateway(call, router);
  }
  if (!isJsonObject(info) || typeof info["network_id"] !== "string") {
    throw badRequest(
      "Invalid input for external_gateway_info. Reason: Validation of dictionary's keys failed.",
    );
  }
  // In Zed only an administrator chooses the address or switches SNAT.
  const refused = ["enable_snat", "external_fixed_ips"].filter((key) => info[key] !== undefined);
  if (!call.isAdmin && refused.length > 0) {
    throw policyDenied(
      action,
      refused.map((key) => `external_gateway_info:${key}`),
    );
  }
  const network = getVisibleNetwork(call, info["network_id"]);
  if (!network.isExternal) throw badRouterRequest(`Network ${network.id} is not an external network`);
  return (router) =>
    setGateway(call, router, { networkId: network.id, isSnat: info["enable_snat"] !== false });
}

function setGateway(
  call: NeutronCall,
  router: RouterRecord,
  wanted: { networkId: string; isSnat: boolean },
): void {
  if (router.gateway?.networkId === wanted.networkId) {
    router.gateway.isSnat = wanted.isSnat;
    return;
  }
  const fixedIp = allocateAddress(call, wanted.networkId);
  clearGateway(call, router);
  const port = addPort(call, {
    projectId: "",
    networkId: wanted.networkId,
    deviceId: router.id,
    deviceOwner: "network:router_gateway",
    fixedIps: [fixedIp],
  });
  router.gateway = { ...wanted, portId: port.id };
  touch(router, call.request.now);
}

function clearGateway(call: NeutronCall, router: RouterRecord): void {
  const { gateway } = router;
  if (gateway === null) return;
  removePorts(call, (port) => port.id === gateway.portId);
  router.gateway = null;
}
