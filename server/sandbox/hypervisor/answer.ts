import { timingSafeEqual } from "node:crypto";
import type { Handler, Route, SandboxRequest, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { isJsonObject } from "#server/sandbox/kernel/wire.ts";
import type { HypervisorState, TokenRecord } from "./state.ts";
import { settleTasks } from "./tasks.ts";

/** An answer Proxmox VE gives instead of a result; thrown before anything is changed. */
export class PveFault extends Error {
  readonly status: number;
  /** Parameter to what is wrong with it. */
  readonly errors: Record<string, string>;

  constructor(status: number, message: string, errors: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

/** https://pve.proxmox.com/wiki/Proxmox_VE_API: every answer is `{ data }`, and an error carries its words beside it. */
export const data = (value: unknown): SandboxResponse => ({ status: 200, body: { data: value } });

type PveHandler = (request: SandboxRequest, world: World) => unknown;

/** A route behind the API token. What the handler answers becomes `data`; every task that is due has happened before. */
export function pveRoute(method: string, pattern: string, answer: PveHandler): Route {
  const handler: Handler = (request, world) => {
    if (userOf(request, world) === null) return noTicket();
    settleTasks(world.hypervisor, request.now);
    try {
      return data(answer(request, world));
    } catch (error) {
      if (error instanceof PveFault) return faultDocument(error);
      throw error;
    }
  };
  // The kernel's own tokens are Keystone's.
  return { method, pattern, handler, isPublic: true };
}

export function noTicket(): SandboxResponse {
  return { status: 401, body: { data: null, message: "No ticket\n" } };
}

function faultDocument({ status, message, errors }: PveFault): SandboxResponse {
  const details = Object.keys(errors).length === 0 ? {} : { errors };
  return { status, body: { data: null, message: `${message}\n`, ...details } };
}

export const tokensOf = ({ tokens, tokenId, tokenSecret }: HypervisorState): TokenRecord[] =>
  tokens ?? [{ id: tokenId, secret: tokenSecret }];

/** Whose token stands in `Authorization: PVEAPIToken=USER@REALM!TOKENID=SECRET`; null: nobody's. */
export function userOf(request: SandboxRequest, { hypervisor }: Pick<World, "hypervisor">): string | null {
  const given = Buffer.from(request.headers["authorization"] ?? "");
  const found = tokensOf(hypervisor).find(({ id, secret }) => {
    const expected = Buffer.from(`PVEAPIToken=${id}=${secret}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return found?.id ?? null;
}

/** Parameters of a change, from JSON or a form; everything is a text, as the hypervisor reads it. */
export function parametersOf(request: SandboxRequest): Record<string, string> {
  const { body } = request;
  if (Buffer.isBuffer(body)) return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
  if (!isJsonObject(body)) return {};
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === "boolean" ? String(Number(value)) : String(value),
    ]),
  );
}
