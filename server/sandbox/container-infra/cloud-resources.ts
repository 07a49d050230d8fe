import type { ImageRecord } from "#server/sandbox/image/state.ts";
import type { NetworkRecord, SubnetRecord } from "#server/sandbox/network/state.ts";
import type { MagnumCall } from "./call.ts";
import { MagnumFault } from "./faults.ts";

/** An image by id or name, among those the caller sees; null when there is none. */
export function findImage(call: MagnumCall, ident: string): ImageRecord | null {
  const isVisible = (image: ImageRecord): boolean =>
    image.visibility === "public" ||
    image.visibility === "community" ||
    call.isAdmin ||
    image.ownerProjectId === call.projectId;
  return (
    call.world.image.images.find(
      (image) => (image.id === ident || image.name === ident) && isVisible(image),
    ) ?? null
  );
}

/** References to resources of other services, under the names templates and clusters share. */
export interface ResourceReferences {
  flavorId: string | null;
  masterFlavorId: string | null;
  keypair: string | null;
  externalNetwork: string | null;
  fixedNetwork: string | null;
  fixedSubnet: string | null;
}

/** Refuses the first reference, in Magnum's order, that leads nowhere. */
export function requireResources(call: MagnumCall, references: ResourceReferences): void {
  const { flavorId, masterFlavorId, keypair, externalNetwork, fixedNetwork, fixedSubnet } = references;
  requireFlavor(call, flavorId);
  requireFlavor(call, masterFlavorId);
  if (keypair !== null && !hasKeypair(call, keypair)) {
    throw new MagnumFault(404, `Unable to find keypair ${keypair}.`);
  }
  const networks = call.world.network.networks.filter((network) => canSee(call, network));
  if (
    externalNetwork !== null &&
    !networks.some((network) => network.isExternal && isNamed(network, externalNetwork))
  ) {
    throw new MagnumFault(400, `Unable to find external network ${externalNetwork}.`);
  }
  if (fixedNetwork !== null && !networks.some((network) => isNamed(network, fixedNetwork))) {
    throw new MagnumFault(400, `Unable to find fixed network ${fixedNetwork}.`);
  }
  if (fixedSubnet !== null && !hasSubnet(call, fixedSubnet)) {
    throw new MagnumFault(400, `Unable to find fixed subnet ${fixedSubnet}.`);
  }
}

function requireFlavor(call: MagnumCall, ident: string | null): void {
  if (ident === null) return;
  const isFound = call.world.compute.flavors.some((flavor) => flavor.id === ident || flavor.name === ident);
  if (!isFound) throw new MagnumFault(400, `Unable to find flavor ${ident}.`);
}

function hasKeypair(call: MagnumCall, name: string): boolean {
  return call.world.compute.keypairs.some(
    (keypair) => keypair.name === name && keypair.userId === call.token.userId,
  );
}

function hasSubnet(call: MagnumCall, ident: string): boolean {
  return call.world.network.subnets.some(
    (subnet) => isNamed(subnet, ident) && (call.isAdmin || subnet.projectId === call.projectId),
  );
}

function canSee(call: MagnumCall, network: NetworkRecord): boolean {
  return network.isShared || network.isExternal || call.isAdmin || network.projectId === call.projectId;
}

function isNamed(record: NetworkRecord | SubnetRecord, ident: string): boolean {
  return record.id === ident || record.name === ident;
}
