import { and, eq, inArray, isNull } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Db } from "#db/client.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { itemIdSchema } from "#server/domain/item/schema.ts";
import { query } from "../verb.ts";

/** How far a chain of waiting is followed to each side, and how much of it is shown. */
const STEPS = 4;
const NODES_MAX = 60;

const waiting = alias(item, "waiting");
const awaited = alias(item, "awaited");

interface Edge {
  from: string;
  to: string;
}

/** What an item waits for, and what waits for it, step by step; closed ones and all. */
export const readItemGraph = query({
  action: "register.read",
  input: itemIdSchema,
  run: async (ctx, { itemId }) => {
    const found = new Set([itemId]);
    const edges = new Map<string, Edge>();
    for (const side of ["ahead", "behind"] as const) {
      let front = [itemId];
      // Of this side alone: in a circle, what was found ahead also stands behind.
      const seen = new Set(front);
      for (let step = 0; step < STEPS && front.length > 0 && found.size < NODES_MAX; step += 1) {
        const links = await listEdges(ctx.db, front, side);
        for (const edge of links) edges.set(`${edge.from} ${edge.to}`, edge);
        const next = links
          .map(({ from, to }) => (side === "ahead" ? to : from))
          .filter((id) => !seen.has(id));
        front = [...new Set(next)].slice(0, NODES_MAX - found.size);
        for (const id of front) {
          seen.add(id);
          found.add(id);
        }
      }
    }
    const nodes = await ctx.db
      .select({ id: item.id, code: item.code, title: item.title, state: item.state, closedAt: item.closedAt })
      .from(item)
      .where(inArray(item.id, [...found]));
    if (nodes.length === 0)
      throw new DomainError("not_found", "There is no such item.", { reason: "not_found" });
    return {
      nodes,
      edges: [...edges.values()].filter(({ from, to }) => found.has(from) && found.has(to)),
      isWhole: found.size < NODES_MAX,
    };
  },
});

function listEdges(db: Db, ids: readonly string[], side: "ahead" | "behind"): Promise<Edge[]> {
  const at = side === "ahead" ? waiting.id : awaited.id;
  return db
    .select({ from: waiting.id, to: awaited.id })
    .from(itemLink)
    .innerJoin(waiting, eq(waiting.id, itemLink.itemId))
    .innerJoin(awaited, eq(awaited.id, itemLink.toItemId))
    .where(
      and(
        inArray(at, [...ids]),
        eq(itemLink.kind, "blocked_by"),
        eq(itemLink.state, "confirmed"),
        isNull(waiting.removedAt),
        isNull(awaited.removedAt),
      ),
    )
    .limit(NODES_MAX * 4);
}
