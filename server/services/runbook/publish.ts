import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { authorsOf } from "#server/domain/runbook/authors.ts";
import { compareRunbooks } from "#server/domain/runbook/compare.ts";
import { runbookEffect } from "#server/domain/runbook/effect.ts";
import { contentHash as hashOf } from "#server/domain/runbook/hash.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";
import { publishContentSchema, publishSchema } from "#server/domain/runbook/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { verb } from "../verb.ts";
import { moveDraft } from "./draft.ts";
import {
  type DraftRow,
  findNewestVersion,
  getDraft,
  getDraftSource,
  listRevisions,
  lockDraft,
  refuseClosed,
} from "./draft-rows.ts";
import { readRunbook, type RunbookVersionRow } from "./published.ts";

type Content = z.output<typeof publishContentSchema>;

/** Publishes exactly one revision of a draft: a change of the console that two people make. */
export const runbookPublish = proposalKind({
  kind: "runbook.publish",
  actions: { propose: "runbook.publish", decide: "runbook.decide" },
  content: publishContentSchema,
  describe: async (tx, content) => {
    const { draft, runbook, base } = await requirePublishable(tx, content);
    const words = changesOf(base, { runbook, source: await getDraftSource(tx, draft) });
    return {
      title: `Publish ${base === null ? "the new runbook" : "a new version of"} ${runbook.slug}`,
      says: `What is asked for from then on runs this text (${runbook.contentHash.slice(0, 19)}). Tenants and jobs keep the version that they have.`,
      ...words,
    };
  },
  apply: async (tx, content, { proposalId, requestedBy, at }) => {
    await lockRunbook(tx, (await lockDraft(tx, content.draftId)).slug);
    const { draft, runbook, base } = await requirePublishable(tx, content);
    const versionId = await publish(
      tx,
      { draft, runbook, base },
      { publishedBy: requestedBy, proposalId, at },
    );
    return { versionId, slug: runbook.slug, contentHash: runbook.contentHash };
  },
});

/** Asks for a revision to be published. */
export const proposePublish = proposeVerb(runbookPublish, publishSchema);

/** Publishes a runbook that only reads, as one person. Refused for every other one. */
export const publishReading = verb({
  action: "runbook.publish",
  input: publishSchema,
  load: (tx, { content }) => lockDraft(tx, content.draftId),
  object: ({ id }) => ({ kind: "runbook_draft", id }),
  run: async (tx, { person, input: { content, reason }, row, at }) => {
    await lockRunbook(tx, row.slug);
    const { draft, runbook, base } = await requirePublishable(tx, content);
    if (runbookEffect(runbook, CATALOGUE) !== "read") {
      throw new DomainError(
        "approval_required",
        "This runbook changes something, so a second person has to agree to its text. Nothing was published; ask for it.",
        { reason: "second_person" },
      );
    }
    const by = { publishedBy: person.personId, proposalId: null, at };
    const versionId = await publish(tx, { draft, runbook, base }, by);
    const { slug, contentHash } = runbook;
    return {
      output: { versionId },
      audit: { versionId, slug, contentHash, revision: draft.revision, reason },
    };
  },
});

/** Until the transaction ends nobody else publishes this runbook: of two drafts of one base, one is merged into the other. */
async function lockRunbook(tx: Tx, slug: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`runbook ${slug}`}))`);
}

interface Publishable {
  draft: DraftRow;
  runbook: Runbook;
  base: RunbookVersionRow | null;
}

/** What is to be published, as it is now. Throws where the draft, or what it was made from, has moved on. */
async function requirePublishable(tx: Db | Tx, content: Content): Promise<Publishable> {
  const draft = await getDraft(tx, content.draftId);
  refuseClosed(draft);
  if (draft.revision !== content.revision) {
    throw refusal("draft_changed", `The draft was saved again since: it is at revision ${draft.revision}.`);
  }
  const { runbook, diagnostics } = parseRunbook(await getDraftSource(tx, draft), CATALOGUE);
  const [first] = diagnostics;
  if (runbook === null) {
    const where = first ? `Line ${first.line}: ${first.says}` : "It holds nothing.";
    throw new DomainError("invalid", `The draft has errors. ${where} Nothing was published.`, {
      reason: "has_errors",
    });
  }
  if (runbook.contentHash !== content.contentHash) {
    throw refusal("draft_changed", "Your page shows another text than the draft has.");
  }
  if (runbook.slug !== draft.slug) {
    const says = `The text calls itself ${runbook.slug}, and this is a draft of ${draft.slug}. Nothing was published.`;
    throw new DomainError("invalid", says, { reason: "other_slug" });
  }
  const base = await findNewestVersion(tx, draft.slug);
  if ((base?.id ?? null) !== draft.baseVersionId) {
    throw refusal(
      "base_moved",
      "A newer version was published since this draft began: merge it in and save.",
    );
  }
  const [same] = await tx
    .select({ id: runbookVersion.id })
    .from(runbookVersion)
    .where(and(eq(runbookVersion.slug, runbook.slug), eq(runbookVersion.contentHash, runbook.contentHash)));
  if (same) throw refusal("already_published", "Exactly this text was published already.");
  return { draft, runbook, base };
}

const refusal = (reason: string, says: string) =>
  new DomainError("conflict", `${says} Nothing was published.`, { reason });

async function publish(
  tx: Tx,
  { draft, runbook, base }: Publishable,
  { publishedBy, proposalId, at }: { publishedBy: string; proposalId: string | null; at: Date },
): Promise<string> {
  const revisions = await listRevisions(tx, draft.id);
  // The first revision is the base itself; of a new runbook it is the form that whoever began it was given.
  const edits = revisions.slice(base === null ? 0 : 1).map(({ personId, source }) => ({
    personId,
    runbook: parseRunbook(source, CATALOGUE).runbook,
  }));
  const before = base && { runbook: readRunbook(base), authors: base.authors, at: base.publishedAt };
  const last = revisions.at(-1);
  assert(last, "a draft has a first revision");
  const id = randomUUID();
  await tx.insert(runbookVersion).values({
    id,
    slug: runbook.slug,
    contentHash: runbook.contentHash,
    title: runbook.title,
    source: last.source,
    authoredBy: last.personId,
    authors: authorsOf(runbook, { base: before, edits, at }),
    publishedBy,
    proposalId,
    publishedAt: at,
  });
  await moveDraft(tx, draft, { state: "published", changedAt: at, versionId: id });
  return id;
}

/** Each part with a hash of its text, before and after: equal lines say what stays. */
function changesOf(base: RunbookVersionRow | null, after: { runbook: Runbook; source: string }) {
  if (base === null) {
    return {
      before: ["There is no such runbook."],
      after: after.runbook.stages.map(
        ({ key, title, hash }) => `Stage ${key}: ${title} (${hash.slice(0, 19)})`,
      ),
    };
  }
  const changes = compareRunbooks({ runbook: readRunbook(base), source: base.source }, after);
  const line = ({ kind, name, stageKey }: (typeof changes)[number], text: string | null) =>
    text === null
      ? []
      : [
          `${stageKey === null ? "" : `Stage ${stageKey}, `}${kind === "prose" ? "" : `${kind} `}${name} (${digestOf(text)})`,
        ];
  return {
    before: changes.flatMap((change) => line(change, change.before)),
    after: changes.flatMap((change) => line(change, change.after)),
  };
}

const digestOf = (text: string) => hashOf(text).slice(0, 19);
