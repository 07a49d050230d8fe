import type { Db, Tx } from "#db/client.ts";
import type { RegisteredActor } from "#server/domain/actor/actor.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { getAccess } from "../access/rows.ts";

/** Every actor of the registry in force by name, retired ones included; none where there is no registry to read. */
export async function listActorsNow(db: Db | Tx): Promise<ReadonlyMap<string, RegisteredActor>> {
  const access = await getAccess(db).catch((error: unknown) => {
    if (error instanceof DomainError) return null;
    throw error;
  });
  return new Map(access?.registry.actors.map((actor) => [actor.name, actor]));
}

/** The actor of this name in the registry in force, or null. Throws `unavailable` where there is no registry. */
export async function findActor(db: Db | Tx, name: string): Promise<RegisteredActor | null> {
  const { registry } = await getAccess(db);
  return registry.actors.find((actor) => actor.name === name) ?? null;
}
