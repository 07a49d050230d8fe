import { randomUUID } from "node:crypto";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { importDocument } from "#server/services/runbook/document.ts";
import { createDraft, discardDraft, saveDraft } from "#server/services/runbook/draft.ts";
import { proposePublish, publishReading } from "#server/services/runbook/publish.ts";
import type { JobWorld } from "../jobs.ts";
import { contentOf, readingText } from "../runbook-drafts.ts";
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
  "runbooks.importDocument": async ({ jobs, operator }) => {
    const source = `# T\n\n--- BEGIN block: ${randomUUID()} (RUN -- h, x) ---\nls\n--- END block ---\nGATE: ok\n`;
    return () => importDocument(jobs.ctx(operator), { source, name: "t.md" });
  },
};

const newDraft = (jobs: JobWorld, by: PersonActor) =>
  createDraft(jobs.ctx(by), { slug: `audited-${randomUUID().slice(0, 8)}` });
