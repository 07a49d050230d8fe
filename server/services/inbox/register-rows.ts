import { and, asc, count, desc, eq, inArray, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { item, itemGate, itemLink } from "#db/schema/register.ts";
import { type Ctx } from "../verb.ts";
import { may } from "../may.ts";

const ROWS_MAX = 50;

const COLUMNS = {
  id: item.id,
  code: item.code,
  kind: item.kind,
  title: item.title,
  state: item.state,
  at: item.changedAt,
};

/** What waits for a ruling or an attestation by this very person; what holds back most comes first. */
export async function listToSettle(ctx: Ctx) {
  if (ctx.actor.kind !== "person") return [];
  const { personId } = ctx.actor;
  const isFree = or(isNull(item.mustDifferFrom), ne(item.mustDifferFrom, personId));
  const held = ctx.db
    .select({ toItemId: itemLink.toItemId, waiting: count().as("waiting") })
    .from(itemLink)
    .where(and(eq(itemLink.kind, "blocked_by"), eq(itemLink.state, "confirmed")))
    .groupBy(itemLink.toItemId)
    .as("held");
  const mayRule = may(ctx, "item.rule").allowed;
  const mayAttest = may(ctx, "item.attest").allowed;
  const wanted = [
    ...(mayRule
      ? [
          and(eq(item.kind, "R"), eq(item.state, "open")),
          and(eq(item.kind, "decision"), eq(item.state, "proposed")),
        ]
      : []),
    // Only what names somebody else: every other check may be anybody's.
    ...(mayAttest
      ? [
          and(
            eq(item.kind, "V"),
            inArray(item.state, ["open", "stale", "expired"]),
            isNotNull(item.mustDifferFrom),
          ),
        ]
      : []),
  ];
  if (wanted.length === 0) return [];
  const rows = await ctx.db
    .select({ ...COLUMNS, waiting: held.waiting })
    .from(item)
    .leftJoin(held, eq(held.toItemId, item.id))
    .where(and(or(...wanted), isFree, isNull(item.removedAt)))
    .orderBy(sql`${held.waiting} desc nulls last`, asc(item.createdAt), asc(item.id))
    .limit(ROWS_MAX);
  const gates = await ctx.db
    .select({ itemId: itemGate.itemId })
    .from(itemGate)
    .where(isNull(itemGate.withdrawnAt));
  const gating = new Set(gates.map(({ itemId }) => itemId));
  return rows
    .map((row) => ({ ...row, waiting: row.waiting ?? 0, isGating: gating.has(row.id) }))
    .sort((one, other) => Number(other.isGating) - Number(one.isGating));
}

/** What came back, and what the ledger leaves open: each with the reason as a sentence. */
export async function listReturned(ctx: Ctx) {
  const today = ctx.clock().toISOString().slice(0, 10);
  const [fired, bare, overdue] = await Promise.all([
    ctx.db
      .select({ ...COLUMNS, because: item.firedBecause })
      .from(item)
      .where(and(isNotNull(item.firedBecause), isNull(item.removedAt)))
      .orderBy(desc(item.changedAt))
      .limit(ROWS_MAX),
    ctx.db
      .select({ ...COLUMNS, ownerId: item.ownerId, dueOn: item.dueOn })
      .from(item)
      .where(
        and(
          eq(item.kind, "ledger_row"),
          inArray(item.state, ["open", "expired", "risk_accepted"]),
          or(isNull(item.ownerId), and(isNull(item.dueOn), isNull(item.countsUntil))),
          isNull(item.removedAt),
        ),
      )
      .orderBy(asc(item.code))
      .limit(ROWS_MAX),
    ctx.db
      .select({ ...COLUMNS, dueOn: item.dueOn })
      .from(item)
      .where(
        and(
          eq(item.ownerId, ctx.actor.kind === "person" ? ctx.actor.personId : NOBODY),
          lt(item.dueOn, today),
          isNull(item.closedAt),
          isNull(item.removedAt),
        ),
      )
      .orderBy(asc(item.dueOn))
      .limit(ROWS_MAX),
  ]);
  return [
    ...fired.map(({ because, ...row }) => ({ ...row, because: because ?? "", why: "returned" as const })),
    ...bare.map(({ ownerId, dueOn, ...row }) => ({
      ...row,
      because: lackOf(ownerId === null, dueOn === null),
      why: "finding" as const,
    })),
    ...overdue.map(({ dueOn, ...row }) => ({
      ...row,
      because: `Was due on ${dueOn ?? ""}.`,
      why: "overdue" as const,
    })),
  ];
}

function lackOf(hasNoOwner: boolean, hasNoDate: boolean): string {
  if (hasNoOwner) return hasNoDate ? "Nobody owns it, and it has no date." : "Nobody owns it.";
  return "It has no date.";
}

const NOBODY = "00000000-0000-0000-0000-000000000000";
