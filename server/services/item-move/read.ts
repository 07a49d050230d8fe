import { and, asc, desc, eq, isNull } from "drizzle-orm";
import * as z from "zod";
import { person } from "#db/schema/person.ts";
import { checkResult, item, itemGate, registerDocument, ruling } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { describeCover, isGatingKind } from "#server/domain/register/gate/gate.ts";
import { partsOfItem } from "#server/domain/register/handoff/view.ts";
import { movesOf } from "#server/domain/register/lifecycle/moves.ts";
import { describeTrigger, readTrigger } from "#server/domain/register/lifecycle/trigger-schema.ts";
import { isSettled } from "#server/domain/register/record-state.ts";
import type { ItemRow } from "../item/change-item.ts";
import { isStillHolding } from "../gate/let-go-items.ts";
import { listDependents, readLinks } from "../link/read.ts";
import { may } from "../may.ts";
import { takesSecondPerson } from "#server/domain/rule/rule.ts";
import { findRules } from "../rules/current.ts";
import { readRulingFacts } from "../ruling/facts.ts";
import { type Ctx, query } from "../verb.ts";
import { readBlockers } from "./blockers.ts";
import { findNewestRun } from "./results.ts";
import { readPoints } from "./ticks.ts";

const HISTORY_MAX = 100;

/** Everything that can be done to an item now, with what each act needs and would set free. */
export const readItemActs = query({
  action: "register.read",
  input: z.strictObject({ itemId: z.uuid() }),
  run: async (ctx, { itemId }) => {
    const [found] = await ctx.db
      .select({ row: item, documentPath: registerDocument.path })
      .from(item)
      .innerJoin(registerDocument, eq(registerDocument.id, item.documentId))
      .where(eq(item.id, itemId));
    if (!found) throw new DomainError("not_found", "There is no such item.", { reason: "not_found" });
    const { row, documentPath } = found;
    const [points, blockers, links, gates, rulings, results, frees] = await Promise.all([
      readPoints(ctx.db, row),
      readBlockers(ctx.db, [row.id]),
      readLinks(ctx.db, row),
      listGates(ctx, row),
      listRulings(ctx, row.id),
      listResults(ctx, row),
      listFreed(ctx, row),
    ]);
    const trigger = readTrigger(row.trigger);
    return {
      id: row.id,
      code: row.code,
      kind: row.kind,
      title: row.title,
      state: row.state,
      revision: row.revision,
      documentPath,
      isRemoved: row.removedAt !== null,
      isChange: row.isChange,
      mustDifferFrom: await nameOf(ctx, row.mustDifferFrom),
      countsUntil: row.countsUntil,
      firedBecause: row.firedBecause,
      trigger: trigger === null ? null : describeTrigger(trigger),
      ruleOnResult: row.content.kind === "item" ? partsOfItem(row.content.item).ruleOnResult : null,
      /** States that a plain move may reach from here. */
      moves: row.removedAt === null ? movesOf(row.kind, row.state) : [],
      points: points.map(({ text, evidence, tick }) => ({
        text,
        evidence,
        by: tick?.by ?? null,
        at: tick?.at ?? null,
      })),
      blockers: blockers.get(row.id) ?? [],
      links,
      gates,
      rulings,
      ruling: await readRulingOptions(ctx, row),
      results,
      /** What is free once nothing is left to do here. */
      frees,
      /** Whether letting go what it holds back takes a second person. */
      gateTakesTwo: takesSecondPerson((await findRules(ctx.db))?.set ?? null, { isGating: true }),
      /** Who could own an accepted risk. */
      people: may(ctx, "item.accept_risk").allowed ? await listActive(ctx) : [],
      may: mayOf(ctx, row),
    };
  },
});

const PEOPLE_MAX = 500;

function listActive(ctx: Ctx) {
  return ctx.db
    .select({ id: person.id, name: person.name })
    .from(person)
    .where(isNull(person.disabledAt))
    .orderBy(asc(person.name))
    .limit(PEOPLE_MAX);
}

function mayOf(ctx: Ctx, row: ItemRow) {
  const gone = row.removedAt === null ? null : "Its document no longer has this item.";
  const self = ctx.actor.kind === "person" && row.mustDifferFrom === ctx.actor.personId;
  const unless = gone ?? (self ? `Another person than you has to settle ${row.code}.` : null);
  return {
    move: may(ctx, "item.move", { unless: gone }),
    attest: may(ctx, "item.attest", { unless }),
    acceptRisk: may(ctx, "item.accept_risk", { unless }),
    rule: may(ctx, "item.rule", { unless }),
    link: may(ctx, "item.link", { unless: gone }),
    gate: may(ctx, "item.gate", { unless: gone }),
    ungate: may(ctx, "item.ungate", { unless: self ? unless : null }),
    addChange: may(ctx, "change.add", { unless: gone }),
    classify: may(ctx, "item.accept_risk", { unless: gone }),
  };
}

async function nameOf(ctx: Ctx, personId: string | null) {
  if (personId === null) return null;
  const [row] = await ctx.db
    .select({ id: person.id, name: person.name })
    .from(person)
    .where(eq(person.id, personId));
  return row ?? null;
}

async function listGates(ctx: Ctx, row: ItemRow) {
  if (!isGatingKind(row.kind)) return [];
  const rows = await ctx.db
    .select({ gate: itemGate, setBy: person.name })
    .from(itemGate)
    .innerJoin(person, eq(person.id, itemGate.setBy))
    .where(and(eq(itemGate.itemId, row.id), isNull(itemGate.withdrawnAt)))
    .orderBy(asc(itemGate.at));
  const isHeld = rows.length > 0 && (await isStillHolding(ctx.db, row));
  return rows.map(({ gate, setBy }) => ({
    id: gate.id,
    covers: describeCover(gate),
    reason: gate.reason,
    setBy,
    at: gate.at,
    isHolding: isHeld,
  }));
}

async function listRulings(ctx: Ctx, itemId: string) {
  const rows = await ctx.db
    .select({
      id: ruling.id,
      point: ruling.point,
      ruling: ruling.ruling,
      reason: ruling.reason,
      amendment: ruling.amendment,
      trigger: ruling.trigger,
      proposalId: ruling.proposalId,
      by: person.name,
      at: ruling.at,
    })
    .from(ruling)
    .innerJoin(person, eq(person.id, ruling.personId))
    .where(eq(ruling.itemId, itemId))
    .orderBy(desc(ruling.seq))
    .limit(HISTORY_MAX);
  return rows.map(({ trigger, ...row }) => {
    const read = readTrigger(trigger);
    return { ...row, comesBack: read === null ? null : describeTrigger(read) };
  });
}

/** What a ruling may be about, point by point; null where nothing is ruled on. */
async function readRulingOptions(ctx: Ctx, row: ItemRow) {
  if (!isGatingKind(row.kind) || row.removedAt !== null) return null;
  const { points, ruled, needsSecondPerson } = await readRulingFacts(ctx.db, row);
  const isOpen =
    row.kind === "R" ? !isSettled(row.kind, row.state) : row.state === "proposed" || row.state === "deferred";
  if (!isOpen) return null;
  const marks = points.length === 0 ? [{ mark: "", text: row.title }] : points;
  return {
    needsSecondPerson,
    points: marks.map(({ mark, text }) => ({ mark, text, ruled: ruled.get(mark) ?? null })),
  };
}

async function listResults(ctx: Ctx, row: ItemRow) {
  if (row.kind !== "V" && row.kind !== "ledger_row") return { newest: null, all: [] };
  const [newest, all] = await Promise.all([
    findNewestRun(ctx.db, row.id),
    ctx.db
      .select({
        id: checkResult.id,
        outcome: checkResult.outcome,
        reason: checkResult.reason,
        runId: checkResult.runId,
        countsUntil: checkResult.countsUntil,
        by: person.name,
        at: checkResult.at,
      })
      .from(checkResult)
      .innerJoin(person, eq(person.id, checkResult.personId))
      .where(eq(checkResult.itemId, row.id))
      .orderBy(desc(checkResult.seq))
      .limit(HISTORY_MAX),
  ]);
  return { newest: newest && { observed: newest.observed, outcome: newest.outcome, at: newest.at }, all };
}

/** Items that wait for this one alone. */
async function listFreed(ctx: Ctx, row: ItemRow) {
  const dependents = await listDependents(ctx.db, row);
  const blockers = await readBlockers(
    ctx.db,
    dependents.map(({ id }) => id),
  );
  return dependents.map(({ id, code, title }) => ({
    itemId: id,
    code,
    title,
    /** What it waits for beside this. */
    alsoWaitsFor: (blockers.get(id) ?? []).flatMap((one) => (one.itemId === row.id ? [] : [one.code])),
  }));
}
