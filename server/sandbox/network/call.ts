import type { Handler, SandboxRequest, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import { badRequest, NeutronFault, shownValue } from "./faults.ts";
import type { NetworkState, NeutronRecord } from "./state.ts";

/** One authenticated call to the network API. */
export interface NeutronCall {
  request: SandboxRequest;
  state: NetworkState;
  /** Null for a token that is not scoped to a project. */
  projectId: string | null;
  /** Neutron takes role admin in any scope for an administrator. */
  isAdmin: boolean;
}

export function neutron(answer: (call: NeutronCall) => SandboxResponse): Handler {
  return (request, world) => {
    const { token } = request;
    if (token === null) throw new Error("Neutron's own routes are never public.");
    const call: NeutronCall = {
      request,
      state: world.network,
      projectId: token.scope.kind === "project" ? token.scope.projectId : null,
      isAdmin: token.roles.some((role) => role.name === "admin"),
    };
    try {
      return answer(call);
    } catch (error) {
      if (!(error instanceof NeutronFault)) throw error;
      return faultResponse(error);
    }
  };
}

function faultResponse(fault: NeutronFault): SandboxResponse {
  return {
    status: fault.status,
    body: { NeutronError: { type: fault.type, message: fault.message, detail: "" } },
  };
}

/** The document under `name` in the body; attributes outside `known` are refused by name, as Neutron does. */
export function readDocument(call: NeutronCall, name: string, known: ReadonlySet<string>): JsonObject {
  const { body } = call.request;
  if (!isJsonObject(body)) throw badRequest("Resource body required");
  const document = body[name];
  if (!isJsonObject(document)) throw badRequest(`Unable to find '${name}' in request body`);
  const unknown = Object.keys(document).filter((key) => !known.has(key));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(", ")}'`);
  return document;
}

/** The project a new resource belongs to: the token's, or for an administrator the one named. */
export function ownerFor(call: NeutronCall, document: JsonObject): string {
  const named = document["project_id"] ?? document["tenant_id"];
  if (typeof named === "string" && named !== call.projectId) {
    if (call.isAdmin) return named;
    throw badRequest(
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges",
    );
  }
  if (call.projectId === null) {
    throw badRequest("Running without keystone AuthN requires tenant_id to be specified");
  }
  return call.projectId;
}

export function isOwnerOrAdmin(call: NeutronCall, record: NeutronRecord): boolean {
  return call.isAdmin || record.projectId === call.projectId;
}

/** A text attribute or its default; anything else is refused. */
export function readText(document: JsonObject, key: string, fallback: string): string {
  const value = document[key];
  if (value === undefined) return fallback;
  if (typeof value !== "string") {
    throw badRequest(`Invalid input for ${key}. Reason: '${shownValue(value)}' is not a valid string.`);
  }
  return value;
}

/** A boolean attribute or its default; Neutron also takes the words true and false. */
export function readFlag(document: JsonObject, key: string, isDefault: boolean): boolean {
  const value = document[key];
  if (value === undefined) return isDefault;
  const word = shownValue(value).toLowerCase();
  if (word === "true" || word === "1") return true;
  if (word === "false" || word === "0") return false;
  throw badRequest(
    `Invalid input for ${key}. Reason: '${shownValue(value)}' cannot be converted to boolean.`,
  );
}
