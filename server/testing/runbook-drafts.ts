import { getDraft, getDraftSource } from "#server/services/runbook/draft-rows.ts";
import { firstText } from "#server/domain/runbook/first-text.ts";
import { contentHash } from "#server/domain/runbook/hash.ts";
import type { JobWorld } from "./jobs.ts";

/** What a page sends to publish the newest revision of a draft. */
export async function contentOf(world: JobWorld, draftId: string) {
  const draft = await getDraft(world.db, draftId);
  const source = await getDraftSource(world.db, draft);
  return { draftId, revision: draft.revision, contentHash: contentHash(source) };
}

/** A runbook of one stage that only reads, told apart by its words. */
export function readingText(slug: string, words: string): string {
  return firstText(slug).replace("What has to be there", `${words}: what has to be there`);
}
