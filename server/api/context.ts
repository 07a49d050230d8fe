import type { Connection, Db } from "#db/client.ts";
import { actorOfRequest } from "#server/auth/actor.ts";
import { type Clock, now } from "#server/clock.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { webEnv } from "#server/env.ts";
import { toApiError } from "./error-map.ts";
import { connection } from "./connection.ts";

export interface ApiContext {
  db: Db;
  connection: Connection;
  clock: Clock;
  actor: PersonActor | null;
  cookieHeader: string | null;
  isBatch: boolean;
  signatureNamespace: string;
  origin: string;
}

/** What a procedure gets. `isActivity` is false for streams and for polls of a page nobody touches. */
export async function createContext(request: {
  cookieHeader: string | null;
  isActivity: boolean;
  isBatch: boolean;
}): Promise<ApiContext> {
  const shared = connection();
  const given = { connection: shared, clock: now, isActivity: request.isActivity };
  // Before any procedure there is no middleware that would keep a statement out of the answer.
  const actor = await actorOfRequest(given, request.cookieHeader).catch((error: unknown) => {
    throw toApiError(error);
  });
  return {
    db: shared.db,
    connection: shared,
    clock: now,
    actor,
    cookieHeader: request.cookieHeader,
    isBatch: request.isBatch,
    signatureNamespace: webEnv().signatureNamespace,
    origin: webEnv().origin,
  };
}
