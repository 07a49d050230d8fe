import { desc, eq } from "drizzle-orm";
import * as z from "zod";
import { accessDecision, accessRegistry } from "#db/schema/access.ts";
import { diffActors } from "#server/domain/actor/diff.ts";
import { generateSnapshot, snapshotText } from "#server/domain/actor/generate.ts";
import { readInventory } from "#server/domain/actor/inventory.ts";
import { actorNameSchema, registryTextSchema } from "#server/domain/actor/schema.ts";
import { readSnapshotText } from "#server/domain/actor/snapshot.ts";
import { resourceOfActor } from "#server/domain/actor/resource.ts";
import { ACTOR_CAP_HOURS } from "#server/domain/actor/states.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { getAccess } from "./rows.ts";
import { listWaitingOf } from "./waiting.ts";

const VERSIONS_LIMIT = 50;
const DECISIONS_LIMIT = 20;

/** Every actor of the registry in force, its counts and versions, and what waits for a second person. */
export const listActors = query({
  action: "access.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const { registry } = await getAccess(ctx.db);
    const versions = await ctx.db
      .select({
        number: accessRegistry.number,
        says: accessRegistry.says,
        at: accessRegistry.at,
        digest: accessRegistry.digest,
      }) // prettier-ignore
      .from(accessRegistry)
      .orderBy(desc(accessRegistry.number))
      .limit(VERSIONS_LIMIT);
    return {
      version: registry.number,
      digest: registry.digest,
      counts: registry.counts,
      actors: registry.actors.map((actor) => ({ ...actor, cap: ACTOR_CAP_HOURS[actor.type] })),
      versions,
      waiting: await listWaitingOf(ctx.db, "access.registry"),
      may: { propose: may(ctx, "access.propose") },
    };
  },
});

/** One actor with the newest decisions about its certificates. */
export const getActor = query({
  action: "access.read",
  input: actorNameSchema,
  run: async (ctx, { name }) => {
    const { registry } = await getAccess(ctx.db);
    const actor = registry.actors.find((one) => one.name === name);
    if (actor === undefined)
      throw new DomainError("not_found", "There is no such actor.", { reason: "not_found" });
    const decisions = await ctx.db
      .select({
        seq: accessDecision.seq,
        decisionId: accessDecision.decisionId,
        subject: accessDecision.subject,
        effect: accessDecision.effect,
        reason: accessDecision.reason,
        at: accessDecision.at,
      }) // prettier-ignore
      .from(accessDecision)
      .where(eq(accessDecision.resource, resourceOfActor(name)))
      .orderBy(desc(accessDecision.seq))
      .limit(DECISIONS_LIMIT);
    return {
      actor: { ...actor, cap: ACTOR_CAP_HOURS[actor.type] },
      version: registry.number,
      resource: resourceOfActor(name),
      decisions,
      may: { propose: may(ctx, "access.propose") },
    };
  },
});

/** The registry in force as the file that it is. */
export const exportRegistry = query({
  action: "access.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const { registry } = await getAccess(ctx.db);
    const [row] = await ctx.db
      .select({ snapshot: accessRegistry.snapshot })
      .from(accessRegistry)
      .where(eq(accessRegistry.number, registry.number));
    return { version: registry.number, digest: registry.digest, text: row?.snapshot ?? "" };
  },
});

/** What a file would change in the registry in force; an inventory is made into a snapshot first. Bad rows are named. */
export const compareRegistry = query({
  action: "access.read",
  input: registryTextSchema,
  run: async (ctx, { text }) => {
    const { registry } = await getAccess(ctx.db);
    const read = readFile(text);
    if (read.kind === "refused") return { kind: "refused" as const, faults: read.faults };
    const { counts, digest, actors } = read.registry;
    return {
      kind: "read" as const,
      counts,
      isSame: digest === registry.digest,
      changes: diffActors(registry.actors, actors),
      /** What to hand in to have it taken over. */
      snapshot: read.text,
      base: registry.number,
    };
  },
});

function readFile(text: string) {
  if (/^\s*\{/.test(text)) return { ...readSnapshotText(text), text };
  const inventory = readInventory(text);
  if (inventory.kind === "refused") return inventory;
  const made = snapshotText(generateSnapshot(inventory.actors));
  return { ...readSnapshotText(made), text: made };
}
