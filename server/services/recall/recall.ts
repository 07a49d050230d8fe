import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { checkSetting } from "#db/schema/check.ts";
import { recallItem } from "#db/schema/recall.ts";
import { DEFAULT_SETTINGS } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { reasonSchema } from "#server/domain/job/schema.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { runbookEffect } from "#server/domain/runbook/effect.ts";
import { checkOfStage, recallItemOf, type StageCheck } from "#server/domain/runbook/recall.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";
import { slugSchema } from "#server/domain/runbook/schema.ts";
import { enterItem, lockItems } from "../item/enter-item.ts";
import { may } from "../may.ts";
import { beginRegister } from "../register/begin.ts";
import { getNewestVersion, readRunbook } from "../runbook/published.ts";
import { query, verb } from "../verb.ts";
import { type Affected, listAffected } from "./affected.ts";

/** Which tenants ran an older text of which stage than the newest version has, and what was raised about it. */
export const readRecall = query({
  action: "runbook.read",
  input: z.strictObject({ slug: slugSchema }),
  run: async (ctx, { slug }) => {
    const version = await getNewestVersion(ctx.db, slug);
    const runbook = readRunbook(version);
    const affected = await listAffected(ctx.db, { slug, stages: runbook.stages });
    return {
      slug,
      title: runbook.title,
      versionId: version.id,
      stages: runbook.stages
        .map(({ key, title, hash, parts }) => ({
          key,
          title,
          hash,
          /** What a raised item asks to be run. */
          check: checkOfStage({ parts })?.host ?? null,
          readingStage: readingStage(runbook, key),
          affected: affected.filter(({ stageKey }) => stageKey === key),
        }))
        .filter((stage) => stage.affected.length > 0),
      may: may(ctx, "runbook.recall"),
    };
  },
});

/**
 * Raises one V item for each tenant that ran an older text of a stage, in one transaction. Whom one was raised for, for
 * exactly the present text, is left out: asking twice makes no second set.
 */
export const recallTenants = verb({
  action: "runbook.recall",
  input: z.strictObject({
    slug: slugSchema,
    stageKey: z.string().min(1).max(20),
    /** Of the stage as the page showed it. */
    stageHash: z.string().min(1).max(100),
    reason: reasonSchema,
  }),
  load: async (tx, { slug, stageKey }) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`recall ${slug}`}))`);
    const version = await getNewestVersion(tx, slug);
    const runbook = readRunbook(version);
    const stage = runbook.stages.find(({ key }) => key === stageKey);
    if (!stage) {
      throw new DomainError("not_found", "The newest version has no such stage. Nothing was raised.", {
        reason: "not_found",
      });
    }
    return { version, runbook, stage };
  },
  also: () => "item.create",
  object: ({ version }) => ({ kind: "runbook_version", id: version.id }),
  run: async (tx, { person, input: { slug, stageHash, reason }, row: { runbook, stage }, at }) => {
    if (stage.hash !== stageHash) {
      throw new DomainError(
        "stale",
        "The stage was corrected again since your page was made. Nothing was raised; look at who is affected now.",
        { reason: "stale" },
      );
    }
    const affected = await listAffected(tx, { slug, stages: [stage] });
    const open = affected.filter(({ item }) => item === null);
    const check = checkOfStage(stage);
    const raised: { tenant: string; code: string; itemId: string }[] = [];
    if (open.length > 0) {
      const known = await lockItems(tx, { documentId: null, kind: "V" });
      const document = known ?? (await beginRegister(tx, "handoff", { personId: person.personId, at }));
      for (const { tenant, ran } of open) {
        const given = recallItemOf({
          stage,
          slug,
          tenant,
          ran,
          check,
          readingStage: readingStage(runbook, stage.key),
        });
        const target = {
          cloudName: tenant.cloud,
          tenantSlug: tenant.slug,
          runbookSlug: slug,
          stageKey: stage.key,
          operation: null,
        };
        const to = { document, ownerId: null, dueOn: null, target, person, at };
        const { itemId, code } = await enterItem(tx, given, to);
        await tx.insert(recallItem).values({
          slug,
          stageKey: stage.key,
          stageHash,
          tenantId: tenant.id,
          itemId,
          jobId: ran.jobId,
          raisedBy: person.personId,
          at,
        });
        await setCheckOf(tx, { itemId, tenant, check }, { personId: person.personId, reason, at });
        raised.push({ tenant: tenant.slug, code, itemId });
      }
    }
    return {
      output: { raised, known: affected.length - open.length },
      audit: {
        slug,
        stageKey: stage.key,
        stageHash,
        reason,
        raised: raised.map(({ tenant, code }) => `${code} ${tenant}`),
        known: affected.length - open.length,
      },
    };
  },
});

/** How the item's check is run: about this tenant, with the parameters that the runbook gives it. */
async function setCheckOf(
  tx: Tx,
  { itemId, tenant, check }: { itemId: string; tenant: Affected["tenant"]; check: StageCheck | null },
  by: { personId: string; reason: string; at: Date },
): Promise<void> {
  if (check === null) return;
  await tx.insert(checkSetting).values({
    itemId,
    number: 1,
    content: {
      ...DEFAULT_SETTINGS,
      target: { kind: "tenant", tenantId: tenant.id },
      parameters: [...check.parameters],
    },
    ...by,
  });
}

/** The first stage that only reads, at this one or behind it: running it again shows where a tenant stands. */
function readingStage({ stages }: Runbook, from: string): string | null {
  const at = stages.findIndex(({ key }) => key === from);
  const found = stages
    .slice(at)
    .find(
      (stage) =>
        stage.parts.some(({ kind }) => kind === "block") &&
        runbookEffect({ stages: [stage] }, CATALOGUE) === "read",
    );
  return found?.key ?? null;
}
