import { randomUUID } from "node:crypto";
import type { Route, SandboxRequest } from "#server/sandbox/kernel/router.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { parametersOf, PveFault, pveRoute, tokensOf } from "./answer.ts";
import type { TokenRecord } from "./state.ts";

const PATH = "/access/users/:userid/token";

/** API tokens of a user: https://pve.proxmox.com/pve-docs/api-viewer/#/access/users/{userid}/token. */
export const accessRoutes: Route[] = [
  pveRoute("GET", PATH, (request, world) =>
    tokensOf(world.hypervisor)
      .filter(({ id }) => id.startsWith(`${request.params["userid"] ?? ""}!`))
      .map(viewOf),
  ),
  pveRoute("GET", `${PATH}/:tokenid`, (request, world) => viewOf(getToken(request, world))),
  pveRoute("POST", `${PATH}/:tokenid`, makeToken),
  pveRoute("DELETE", `${PATH}/:tokenid`, (request, { hypervisor }) => {
    const { id } = getToken(request, { hypervisor });
    hypervisor.tokens = tokensOf(hypervisor).filter((token) => token.id !== id);
    return null;
  }),
];

const idOf = ({ params }: SandboxRequest) => `${params["userid"] ?? ""}!${params["tokenid"] ?? ""}`;

const viewOf = ({ id }: TokenRecord) => ({ tokenid: id.slice(id.indexOf("!") + 1), privsep: 0, expire: 0 });

function getToken(request: SandboxRequest, { hypervisor }: Pick<World, "hypervisor">): TokenRecord {
  const found = tokensOf(hypervisor).find(({ id }) => id === idOf(request));
  if (found) return found;
  throw new PveFault(
    500,
    `no such token '${request.params["tokenid"] ?? ""}' for user '${request.params["userid"] ?? ""}'`,
  );
}

function makeToken(request: SandboxRequest, { hypervisor }: World): unknown {
  const id = idOf(request);
  const tokens = tokensOf(hypervisor);
  if (!tokens.some((token) => token.id.startsWith(`${request.params["userid"] ?? ""}!`)))
    throw new PveFault(500, `no such user ('${request.params["userid"] ?? ""}')`);
  if (tokens.some((token) => token.id === id)) {
    throw new PveFault(400, "Parameter verification failed.", { tokenid: "Token already exists." });
  }
  const { comment = "" } = parametersOf(request);
  const made = { id, secret: randomUUID() };
  hypervisor.tokens = [...tokens, made];
  return { "full-tokenid": id, info: { privsep: "0", comment }, value: made.secret };
}
