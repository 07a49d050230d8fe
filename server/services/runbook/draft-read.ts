import { and, desc, eq, sql } from "drizzle-orm";
import { person } from "#db/schema/person.ts";
import { proposal } from "#db/schema/proposal.ts";
import { runbookDraft, runbookDraftRevision } from "#db/schema/runbook.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { compareRunbooks } from "#server/domain/runbook/compare.ts";
import { runbookEffect } from "#server/domain/runbook/effect.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";
import { draftIdSchema } from "#server/domain/runbook/schema.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { listPreviewTenants } from "./draft-preview.ts";
import { type DraftRow, findNewestVersion, getDraft, getDraftSource } from "./draft-rows.ts";
import { readRunbook, type RunbookVersionRow } from "./published.ts";

const DRAFTS_LIMIT = 100;
const HISTORY_LIMIT = 50;

/** Drafts that are being written, those changed last first. */
export async function listOpenDrafts(ctx: Ctx) {
  return ctx.db
    .select({
      id: runbookDraft.id,
      slug: runbookDraft.slug,
      revision: runbookDraft.revision,
      changedAt: runbookDraft.changedAt,
      createdBy: person.name,
    })
    .from(runbookDraft)
    .innerJoin(person, eq(person.id, runbookDraft.createdBy))
    .where(eq(runbookDraft.state, "open"))
    .orderBy(desc(runbookDraft.changedAt))
    .limit(DRAFTS_LIMIT);
}

/** A draft for its editor: its text, what is wrong with it, what it changes, and what may be done with it. */
export const readDraft = query({
  action: "runbook.read",
  input: draftIdSchema,
  run: async (ctx, { draftId }) => {
    const draft = await getDraft(ctx.db, draftId);
    const [source, newest, history, waiting] = await Promise.all([
      getDraftSource(ctx.db, draft),
      findNewestVersion(ctx.db, draft.slug),
      listHistory(ctx, draftId),
      findWaiting(ctx, draftId),
    ]);
    const { runbook, diagnostics } = parseRunbook(source, CATALOGUE);
    const tenants = await listPreviewTenants(ctx, runbook);
    const isBehind = draft.state === "open" && (newest?.id ?? null) !== draft.baseVersionId;
    const effect = runbook && runbookEffect(runbook, CATALOGUE);
    const obstacle = obstacleOf({ draft, runbook, newest, isBehind });
    const needsTwo =
      effect === "read"
        ? null
        : "This runbook changes something, so a second person has to agree to its text.";
    return {
      ...draft,
      source,
      diagnostics,
      contentHash: runbook?.contentHash ?? null,
      effect,
      isBehind,
      newest: newest && { id: newest.id, contentHash: newest.contentHash, publishedAt: newest.publishedAt },
      changes:
        runbook && newest
          ? compareRunbooks({ runbook: readRunbook(newest), source: newest.source }, { runbook, source })
          : null,
      history,
      waiting,
      /** Whom the text can be looked at with. */
      tenants,
      may: {
        preview: may(ctx, "plan.preview", { unless: closedWords(draft) }),
        save: may(ctx, "runbook.edit", { unless: closedWords(draft) }),
        propose: may(ctx, "runbook.publish", {
          unless: obstacle ?? (waiting ? "This was asked for already." : null),
        }),
        publish: may(ctx, "runbook.publish", { unless: obstacle ?? needsTwo }),
      },
    };
  },
});

function closedWords({ state }: DraftRow): string | null {
  return state === "open" ? null : `This draft is ${state}.`;
}

function obstacleOf(of: {
  draft: DraftRow;
  runbook: Runbook | null;
  newest: RunbookVersionRow | null;
  isBehind: boolean;
}): string | null {
  const closed = closedWords(of.draft);
  if (closed !== null) return closed;
  if (of.runbook === null) return "The saved text has errors. Mend them and save first.";
  if (of.runbook.slug !== of.draft.slug)
    return `The text calls itself ${of.runbook.slug}, not ${of.draft.slug}.`;
  if (of.runbook.contentHash === of.newest?.contentHash) return "This is the text that is published already.";
  return of.isBehind ? "A newer version was published since. Merge it in and save first." : null;
}

function listHistory(ctx: Ctx, draftId: string) {
  return ctx.db
    .select({ revision: runbookDraftRevision.revision, at: runbookDraftRevision.at, by: person.name })
    .from(runbookDraftRevision)
    .innerJoin(person, eq(person.id, runbookDraftRevision.personId))
    .where(eq(runbookDraftRevision.draftId, draftId))
    .orderBy(desc(runbookDraftRevision.revision))
    .limit(HISTORY_LIMIT);
}

async function findWaiting(ctx: Ctx, draftId: string) {
  const [row] = await ctx.db
    .select({ id: proposal.id, number: proposal.number })
    .from(proposal)
    .where(
      and(
        eq(proposal.kind, "runbook.publish"),
        eq(proposal.state, "awaiting"),
        sql`${proposal.content} ->> 'draftId' = ${draftId}`,
      ),
    )
    .orderBy(desc(proposal.number))
    .limit(1);
  return row ?? null;
}
