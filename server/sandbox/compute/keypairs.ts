import { findObject, findString } from "#server/sandbox/kernel/wire.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { novaFault, pythonRepr } from "./faults.ts";
import { nova, type NovaCall } from "./microversion.ts";
import { quotaOf } from "./quota-sets.ts";
import { findFingerprint, generateSshKey } from "./ssh-key.ts";
import type { KeypairRecord } from "./state.ts";

/** From this minor on an administrator may name the user whose key pairs are meant. */
const OTHERS_MINOR = 10;
/** From this minor on Nova no longer generates keys: a public key has to be given. */
const IMPORT_ONLY_MINOR = 92;

export const keypairRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.1/os-keypairs", handler: nova(listKeypairs) },
  { method: "POST", pattern: "/v2.1/os-keypairs", handler: nova(createKeypair) },
  { method: "GET", pattern: "/v2.1/os-keypairs/:name", handler: nova(showKeypair) },
  { method: "DELETE", pattern: "/v2.1/os-keypairs/:name", handler: nova(deleteKeypair) },
];

function listKeypairs(call: NovaCall): SandboxResponse {
  const keypairs = ownKeypairs(call).map((keypair) => ({
    keypair: {
      name: keypair.name,
      public_key: keypair.publicKey,
      fingerprint: keypair.fingerprint,
      ...keypairType(call),
    },
  }));
  return { status: 200, body: { keypairs } };
}

function createKeypair(call: NovaCall): SandboxResponse {
  const given = findObject(call.request.body, "keypair");
  const name = given === null ? null : findString(given, "name");
  if (given === null || name === null || name.length === 0 || name.length > 255) {
    const value = given === null ? call.request.body : given["name"];
    const field = given === null ? "keypair" : "name";
    return novaFault(400, `Invalid input for field/attribute ${field}. Value: ${pythonRepr(value)}.`);
  }
  if (!/^[A-Za-z0-9 _-]+$/.test(name)) {
    return novaFault(400, "Keypair data is invalid: Keypair name contains unsafe characters");
  }
  const publicKey = findString(given, "public_key");
  if (publicKey === null && call.minor >= IMPORT_ONLY_MINOR) {
    return novaFault(
      400,
      `Invalid input for field/attribute keypair. Value: ${pythonRepr(given)}. 'public_key' is a required property`,
    );
  }
  if (ownKeypairs(call).some((keypair) => keypair.name === name)) {
    return novaFault(409, `Key pair '${name}' already exists.`);
  }
  if (ownKeypairs(call).length >= keypairLimit(call)) {
    return novaFault(403, "Quota exceeded, too many key pairs.");
  }
  return publicKey === null ? generateKeypair(call, name) : importKeypair(call, name, publicKey);
}

function generateKeypair(call: NovaCall, name: string): SandboxResponse {
  const key = generateSshKey();
  const keypair = storeKeypair(call, { name, publicKey: key.publicKey, fingerprint: key.fingerprint });
  return createdKeypair(call, { private_key: key.privateKeyPem, ...createdView(call, keypair) });
}

function importKeypair(call: NovaCall, name: string, publicKey: string): SandboxResponse {
  const fingerprint = findFingerprint(publicKey);
  if (fingerprint === null) {
    return novaFault(400, "Keypair data is invalid: failed to generate fingerprint");
  }
  return createdKeypair(call, createdView(call, storeKeypair(call, { name, publicKey, fingerprint })));
}

function createdKeypair(call: NovaCall, keypair: Record<string, unknown>): SandboxResponse {
  return { status: call.minor >= 2 ? 201 : 200, body: { keypair } };
}

function createdView(call: NovaCall, keypair: KeypairRecord): Record<string, unknown> {
  return {
    ...keypairType(call),
    name: keypair.name,
    public_key: keypair.publicKey,
    fingerprint: keypair.fingerprint,
    user_id: keypair.userId,
  };
}

function showKeypair(call: NovaCall): SandboxResponse {
  const keypair = findKeypair(call);
  if (keypair === null) return keypairNotFound(call);
  return {
    status: 200,
    body: {
      keypair: {
        ...createdView(call, keypair),
        id: keypair.id,
        created_at: keypair.createdAt,
        updated_at: null,
        deleted: false,
        deleted_at: null,
      },
    },
  };
}

function deleteKeypair(call: NovaCall): SandboxResponse {
  const keypair = findKeypair(call);
  if (keypair === null) return keypairNotFound(call);
  const { compute } = call.world;
  compute.keypairs = compute.keypairs.filter((other) => other !== keypair);
  return { status: call.minor >= 2 ? 204 : 202 };
}

function storeKeypair(
  call: NovaCall,
  key: Pick<KeypairRecord, "name" | "publicKey" | "fingerprint">,
): KeypairRecord {
  const { keypairs } = call.world.compute;
  const keypair: KeypairRecord = {
    id: Math.max(0, ...keypairs.map((other) => other.id)) + 1,
    userId: call.token.userId,
    ...key,
    // Nova prints its database time: microseconds and no zone.
    createdAt: call.request.now.toISOString().replace(/(\.\d{3})Z$/, "$1000"),
  };
  keypairs.push(keypair);
  return keypair;
}

function ownKeypairs(call: NovaCall): KeypairRecord[] {
  const userId = userMeant(call);
  return call.world.compute.keypairs.filter((keypair) => keypair.userId === userId);
}

function userMeant(call: NovaCall): string {
  const named = call.isAdmin && call.minor >= OTHERS_MINOR ? call.request.query.get("user_id") : null;
  return named ?? call.token.userId;
}

function findKeypair(call: NovaCall): KeypairRecord | null {
  const name = call.request.params["name"];
  return ownKeypairs(call).find((keypair) => keypair.name === name) ?? null;
}

function keypairNotFound(call: NovaCall): SandboxResponse {
  const name = call.request.params["name"] ?? "";
  return novaFault(404, `Keypair ${name} not found for user ${userMeant(call)}`);
}

function keypairLimit(call: NovaCall): number {
  const limit = quotaOf(call.world, call.projectId)["key_pairs"] ?? 0;
  return limit === -1 ? Number.POSITIVE_INFINITY : limit;
}

function keypairType(call: NovaCall): { type?: string } {
  return call.minor >= 2 ? { type: "ssh" } : {};
}
