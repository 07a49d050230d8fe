import { randomUUID } from "node:crypto";
import { and, asc, eq, isNull, or } from "drizzle-orm";
import * as z from "zod";
import { person } from "#db/schema/person.ts";
import { savedView } from "#db/schema/saved-view.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { savedViewSchema } from "#server/domain/item/schema.ts";
import { query, verb } from "../verb.ts";

/** Views that one person keeps at most. */
const VIEWS_MAX = 100;

/** My views and those that others share, by name. */
export const listViews = query({
  action: "register.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const me = ctx.actor.kind === "person" ? ctx.actor.personId : "";
    const rows = await ctx.db
      .select({
        id: savedView.id,
        name: savedView.name,
        query: savedView.query,
        isShared: savedView.isShared,
        ownerId: savedView.ownerId,
        ownerName: person.name,
      })
      .from(savedView)
      .innerJoin(person, eq(person.id, savedView.ownerId))
      .where(and(isNull(savedView.removedAt), or(eq(savedView.ownerId, me), eq(savedView.isShared, true))))
      .orderBy(asc(savedView.name), asc(person.name))
      .limit(500);
    return { views: rows.map(({ ownerId, ...row }) => ({ ...row, isMine: ownerId === me })) };
  },
});

/** Keeps a list under a name; one of mine that is called so is replaced. */
export const saveView = verb({
  action: "view.save",
  input: savedViewSchema,
  load: () => Promise.resolve(null),
  object: (_row, { name }) => ({ kind: "view", id: name }),
  run: async (tx, { person: me, input, at }) => {
    const own = await tx
      .select({ id: savedView.id, name: savedView.name })
      .from(savedView)
      .where(and(eq(savedView.ownerId, me.personId), isNull(savedView.removedAt)))
      .for("update");
    const existing = own.find(({ name }) => name === input.name);
    if (existing === undefined && own.length >= VIEWS_MAX) {
      throw new DomainError(
        "limit",
        `You keep ${VIEWS_MAX} views already. Remove one first; nothing was saved.`,
        {
          reason: "too_many",
        },
      );
    }
    const id = existing?.id ?? randomUUID();
    const { query: address, isShared } = input;
    if (existing === undefined) {
      await tx.insert(savedView).values({ id, ...input, ownerId: me.personId, at });
    } else {
      await tx.update(savedView).set({ query: address, isShared }).where(eq(savedView.id, id));
    }
    return { output: { viewId: id }, object: { kind: "view", id }, audit: { ...input } };
  },
});

/** Takes away a view of mine. Another's is not found, shared or not. */
export const removeView = verb({
  action: "view.save",
  input: z.strictObject({ viewId: z.uuid() }),
  load: async (tx, { viewId }, ctx) => {
    const me = ctx.actor.kind === "person" ? ctx.actor.personId : "";
    const [row] = await tx
      .select()
      .from(savedView)
      .where(and(eq(savedView.id, viewId), eq(savedView.ownerId, me), isNull(savedView.removedAt)))
      .for("update");
    if (!row) throw new DomainError("not_found", "You keep no such view.", { reason: "not_found" });
    return row;
  },
  object: (row) => ({ kind: "view", id: row.id }),
  run: async (tx, { row, at }) => {
    await tx.update(savedView).set({ removedAt: at }).where(eq(savedView.id, row.id));
    return { output: {}, audit: { name: row.name } };
  },
});
