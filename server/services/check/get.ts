import { and, asc, desc, eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import * as z from "zod";
import { blockAttestation, checkRun } from "#db/schema/check.ts";
import { cloud } from "#db/schema/cloud.ts";
import { person } from "#db/schema/person.ts";
import { checkResult, item } from "#db/schema/register.ts";
import { tenant } from "#db/schema/tenant.ts";
import { inWords } from "#server/domain/check/expectation.ts";
import { ATTESTERS_NEEDED, RUNS_LISTED } from "#server/domain/check/run.ts";
import { itemIdSchema } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { ItemPart } from "#server/domain/register/handoff/item.ts";
import { listAttesters } from "../attestation/rows.ts";
import type { ItemRow } from "../item/change-item.ts";
import { may } from "../may.ts";
import { listCandidates } from "../person/candidates.ts";
import { type Ctx, query } from "../verb.ts";
import { readCheckFacts } from "./facts.ts";
import { standingOf } from "./standing.ts";
import { type CheckSubject, readCheck } from "./subject.ts";

/** Targets that can be chosen for a check. */
const TARGETS_LIMIT = 500;
const ENDED_ATTESTATIONS = 20;

/** Everything of one check: the block as it would run, who attests it, how it is judged, its runs and results. */
export const getCheck = query({
  action: "check.read",
  input: itemIdSchema,
  run: async (ctx, { itemId }) => {
    const [row] = await ctx.db.select().from(item).where(eq(item.id, itemId));
    if (!row || row.kind !== "V") {
      throw new DomainError("not_found", "There is no such check.", { reason: "not_found" });
    }
    const subject = await readCheck(ctx.db, row);
    const [attested, runs, results, facts] = await Promise.all([
      readAttested(ctx, subject),
      listRuns(ctx, subject),
      listResults(ctx, itemId),
      readCheckFacts(ctx.db, subject),
    ]);
    const isRunning = runs.some(({ state }) => state !== "finished");
    return {
      item: { id: row.id, code: row.code, title: row.title, state: row.state, revision: row.revision },
      rule: ruleOf(row),
      block: subject.block,
      host:
        subject.host === null
          ? null
          : { name: subject.host.name, identity: subject.host.identity, kind: subject.host.content.kind },
      digest: subject.digest,
      obstacle: subject.obstacle?.says ?? null,
      settings: subject.settings,
      settingsNumber: subject.settingsNumber,
      expected: subject.settings.expectations.map(inWords),
      environment: subject.host?.content.environment ?? [],
      ...attested,
      runs,
      results,
      standing: standingOf({ facts, countsUntil: row.countsUntil, now: ctx.clock() }),
      may: {
        run: may(ctx, "check.run", {
          unless:
            subject.obstacle?.says ?? attested.missingSays ?? (isRunning ? "It is being run already." : null),
        }),
        attest: may(ctx, "check.attest", {
          unless:
            subject.obstacle?.says ??
            (attested.isMine ? "You have attested this block. A second person has to." : null),
        }),
        withdraw: may(ctx, "check.withdraw"),
        cancel: may(ctx, "check.cancel"),
        record: may(ctx, "check.record"),
        set: may(ctx, "check.set"),
      },
    };
  },
});

/** What a check can be said to look at. */
export const listTargets = query({
  action: "check.read",
  input: z.strictObject({}),
  run: async ({ db }) => ({
    clouds: await db.select({ name: cloud.name }).from(cloud).orderBy(asc(cloud.name)).limit(TARGETS_LIMIT),
    tenants: await db
      .select({ id: tenant.id, slug: tenant.slug })
      .from(tenant)
      .orderBy(asc(tenant.slug))
      .limit(TARGETS_LIMIT),
  }),
});

async function readAttested(ctx: Ctx, { digest, item: row }: CheckSubject) {
  const [attesters, ended, candidates] = await Promise.all([
    digest === null ? [] : listAttesters(ctx.db, digest),
    listEnded(ctx, row, digest),
    listCandidates(ctx.db, { action: "check.attest" }),
  ]);
  const missing = Math.max(0, ATTESTERS_NEEDED - attesters.length);
  const { actor } = ctx;
  const could = candidates.filter(({ id }) => !attesters.some(({ personId }) => personId === id));
  const missingSays =
    missing === 0
      ? null
      : `${missing === 1 ? "One more person has" : "Two people have"} to attest exactly this block as read-only first.`;
  return {
    attesters,
    endedAttestations: ended,
    missing,
    missingSays,
    could,
    isMine: actor.kind === "person" && attesters.some(({ personId }) => personId === actor.personId),
  };
}

/** Attestations of this item that count no more: of another text, withdrawn, or by somebody who has left. */
async function listEnded(ctx: Ctx, row: ItemRow, digest: string | null) {
  const rows = await ctx.db
    .select({ attestation: blockAttestation, name: person.name, disabledAt: person.disabledAt })
    .from(blockAttestation)
    .innerJoin(person, eq(person.id, blockAttestation.personId))
    .where(eq(blockAttestation.itemId, row.id))
    .orderBy(desc(blockAttestation.at))
    .limit(ENDED_ATTESTATIONS);
  return rows.flatMap(
    ({ attestation: { id, at, withdrawnAt, withdrawnReason, digest: of }, name, disabledAt }) => {
      const because =
        withdrawnAt !== null
          ? `withdrawn: ${withdrawnReason ?? ""}`
          : of !== digest
            ? "the block, its host or its parameters are others now"
            : disabledAt !== null
              ? "the account is disabled"
              : null;
      return because === null ? [] : [{ id, name, at, because }];
    },
  );
}

async function listRuns(ctx: Ctx, { item: { id: itemId }, digest }: CheckSubject) {
  const canceller = alias(person, "canceller");
  const rows = await ctx.db
    .select({ run: checkRun, requester: person.name, canceller: canceller.name })
    .from(checkRun)
    .innerJoin(person, eq(person.id, checkRun.requestedBy))
    .leftJoin(canceller, eq(canceller.id, checkRun.cancelRequestedBy))
    .where(eq(checkRun.itemId, itemId))
    .orderBy(desc(checkRun.requestedAt))
    .limit(RUNS_LISTED);
  return rows.map(({ run: { script: _script, settings, ...run }, requester, canceller: cancelledBy }) => ({
    ...run,
    requester,
    cancelledBy,
    timeSeconds: settings.timeSeconds,
    isJudged: settings.expectations.length > 0,
    /** Whether it ran the block as it is now. */
    isOfThisBlock: run.digest === digest,
  }));
}

async function listResults(ctx: Ctx, itemId: string) {
  const owner = alias(person, "owner");
  return ctx.db
    .select({
      id: checkResult.id,
      outcome: checkResult.outcome,
      runId: checkResult.runId,
      observed: checkResult.observed,
      reason: checkResult.reason,
      countsUntil: checkResult.countsUntil,
      at: checkResult.at,
      by: person.name,
      owner: owner.name,
    })
    .from(checkResult)
    .innerJoin(person, eq(person.id, checkResult.personId))
    .leftJoin(owner, eq(owner.id, checkResult.ownerId))
    .where(and(eq(checkResult.itemId, itemId)))
    .orderBy(desc(checkResult.seq))
    .limit(RUNS_LISTED);
}

/** The RULE ON RESULT as the document has it, or null. */
function ruleOf({ content }: ItemRow): string | null {
  if (content.kind !== "item") return null;
  const texts = content.item.parts.flatMap((part: ItemPart) =>
    part.kind === "text" && part.label === "RULE ON RESULT" ? [part.text] : [],
  );
  return texts.length === 0 ? null : texts.join("\n");
}
