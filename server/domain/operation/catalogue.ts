import * as compute from "./compute.ts";
import * as containerInfra from "./container-infra.ts";
import type { Catalogue, OperationDefinition } from "./definition.ts";
import * as guest from "./guest.ts";
import * as identity from "./identity.ts";
import * as identityPolicy from "./identity-policy.ts";
import * as image from "./image.ts";
import * as network from "./network.ts";
import * as tenant from "./tenant.ts";

const DEFINITIONS: readonly OperationDefinition[] = [
  identity,
  identityPolicy,
  compute,
  image,
  network,
  containerInfra,
  tenant,
  guest,
].flatMap((service) => Object.values(service));

/** Every operation a runbook may name, by id. */
export const CATALOGUE: Catalogue = new Map(DEFINITIONS.map((definition) => [definition.id, definition]));
