import { randomUUID } from "node:crypto";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { beginRegister } from "#server/services/register/begin.ts";
import { importDocument } from "#server/services/runbook/document.ts";
import { createDraft, discardDraft, saveDraft } from "#server/services/runbook/draft.ts";
import { previewDraft } from "#server/services/runbook/draft-preview.ts";
import { proposePublish, publishReading } from "#server/services/runbook/publish.ts";
import { getNewestVersion, ONBOARDING_SLUG, readRunbook } from "#server/services/runbook/published.ts";
import { readThrough } from "#server/services/runbook/read-through.ts";
import { recallTenants } from "#server/services/recall/recall.ts";
import type { JobWorld } from "../jobs.ts";
import { contentOf, readingText } from "../runbook-drafts.ts";
import { publishOnboarding } from "../published-runbook.ts";
import { type Acts, REASON } from "./world.ts";

/** Acts on texts of runbooks, by the path of their procedure. */
export const RUNBOOK_ACTS: Acts = {
  "runbooks.createDraft":
    async ({ jobs, operator }) =>
    () =>
      createDraft(jobs.ctx(operator), { slug: "audited" }),
  "runbooks.saveDraft": async ({ jobs, operator }) => {
    const { draftId } = await newDraft(jobs, operator);
    const source = readingText("audited", "twice");
    return () => saveDraft(jobs.ctx(operator), { draftId, revision: 1, source, isRebased: false });
  },
  "runbooks.previewDraft": async ({ jobs, operator }) => {
    const { draftId } = await newDraft(jobs, operator);
    const tenantId = await jobs.tenant(operator);
    const source = readingText("audited", "looked at");
    return () => previewDraft(jobs.ctx(operator), { draftId, tenantId, source });
  },
  "runbooks.discardDraft": async ({ jobs, operator }) => {
    const { draftId } = await newDraft(jobs, operator);
    return () => discardDraft(jobs.ctx(operator), { draftId });
  },
  "runbooks.proposePublish": async ({ jobs, operator }) => {
    const { draftId } = await newDraft(jobs, operator);
    const content = await contentOf(jobs, draftId);
    return () => proposePublish(jobs.ctx(operator), { content, reason: REASON });
  },
  "runbooks.publishReading": async ({ jobs, operator }) => {
    const { draftId } = await newDraft(jobs, operator);
    const content = await contentOf(jobs, draftId);
    return () => publishReading(jobs.ctx(operator), { content, reason: REASON });
  },
  "runbooks.readThrough": async ({ jobs, operator }) => {
    const { versionId } = jobs.published;
    return () => readThrough(jobs.ctx(operator), { versionId, stageKey: "1", part: null });
  },
  "runbooks.recallTenants": async ({ jobs, operator }) => {
    const slug = ONBOARDING_SLUG;
    const change = (source: string) => source.replace('"Client: {{', '"The earlier client: {{');
    const text = await publishOnboarding(jobs.db, { at: new Date(0), change });
    const tenantId = await jobs.tenant(operator);
    await jobs.pastJob({ tenantId, requestedBy: operator, stageKey: "1", text }, "succeeded");
    // The oldest register is the one that items are raised in.
    const by = { personId: operator.personId, at: new Date(0) };
    await jobs.db.transaction((tx) => beginRegister(tx, "handoff", by));
    const runbook = readRunbook(await getNewestVersion(jobs.db, slug));
    const stageHash = runbook.stages.find(({ key }) => key === "1")?.hash ?? "";
    return () => recallTenants(jobs.ctx(operator), { slug, stageKey: "1", stageHash, reason: REASON });
  },
  "runbooks.importDocument": async ({ jobs, operator }) => {
    const source = `# T\n\n--- BEGIN block: ${randomUUID()} (RUN -- h, x) ---\nls\n--- END block ---\nGATE: ok\n`;
    return () => importDocument(jobs.ctx(operator), { source, name: "t.md" });
  },
};

const newDraft = (jobs: JobWorld, by: PersonActor) =>
  createDraft(jobs.ctx(by), { slug: `audited-${randomUUID().slice(0, 8)}` });
