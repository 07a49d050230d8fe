import { and, asc, eq, inArray, isNotNull, isNull, ne } from "drizzle-orm";
import * as z from "zod";
import { item, itemLink } from "#db/schema/register.ts";
import { query } from "../verb.ts";

const NODES_MAX = 2000;
const EDGES = ["supersedes", "superseded_by", "amends", "amended_by", "refuted_by"] as const;

/**
 * Decisions and how they follow each other, for a graph: an edge points from the newer to the older one, in whichever
 * of the two it is written.
 */
export const readDecisionGraph = query({
  action: "register.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const nodes = await ctx.db
      .select({ id: item.id, code: item.code, title: item.title, state: item.state })
      .from(item)
      .where(and(eq(item.kind, "decision"), isNull(item.removedAt)))
      .orderBy(asc(item.code), asc(item.id))
      .limit(NODES_MAX);
    const known = new Set(nodes.map(({ id }) => id));
    const links = await ctx.db
      .select({
        id: itemLink.id,
        from: itemLink.itemId,
        to: itemLink.toItemId,
        kind: itemLink.kind,
        state: itemLink.state,
      })
      .from(itemLink)
      .where(
        and(
          inArray(itemLink.kind, [...EDGES]),
          ne(itemLink.state, "dismissed"),
          isNotNull(itemLink.toItemId),
        ),
      )
      .limit(NODES_MAX * 4);
    const edges = links.flatMap(({ id, from, to, kind, state }) => {
      if (to === null || !known.has(from) || !known.has(to)) return [];
      const isForth = kind === "supersedes" || kind === "amends";
      const what =
        kind === "refuted_by"
          ? "refutes"
          : kind === "amends" || kind === "amended_by"
            ? "amends"
            : "supersedes";
      return [
        {
          id,
          newer: isForth ? from : to,
          older: isForth ? to : from,
          what,
          isConfirmed: state === "confirmed",
        } as const,
      ];
    });
    return { nodes, edges };
  },
});
