import { randomUUID } from "node:crypto";
import * as z from "zod";
import { partReading } from "#db/schema/runbook.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { writtenBy } from "#server/domain/runbook/authors.ts";
import { chainedStages } from "../marker/evidence.ts";
import { verb } from "../verb.ts";
import { readRunbook } from "./published.ts";
import { getVersion } from "./read.ts";

/**
 * A person says that he has read a stage of a published version through, or one block or gate of it. It counts for
 * exactly that text on top of what stands before it, and never for whoever wrote it.
 */
export const readThrough = verb({
  action: "runbook.read_through",
  input: z.strictObject({
    versionId: z.uuid(),
    stageKey: z.string().min(1).max(20),
    /** `block <id>` or `gate <id>`; null for all of the stage. */
    part: z.string().min(1).max(200).nullable(),
  }),
  load: async (tx, { versionId, stageKey, part }) => {
    const version = await getVersion(tx, { versionId });
    const stage = chainedStages(readRunbook(version)).find(({ key }) => key === stageKey);
    const parts = stage?.parts.filter(({ name }) => part === null || name === part) ?? [];
    if (parts.length === 0) {
      throw new DomainError("not_found", "This version has no such stage or block. Nothing was recorded.", {
        reason: "not_found",
      });
    }
    return { version, parts };
  },
  object: ({ version }) => ({ kind: "runbook_version", id: version.id }),
  run: async (tx, { person: { personId }, input: { stageKey }, row: { version, parts }, at }) => {
    const own = writtenBy(version, personId);
    const mine = parts.find(({ name }) => own.includes(name));
    if (mine) {
      throw new DomainError(
        "forbidden",
        `You wrote ${mine.name}: somebody else has to read it. Nothing was recorded.`,
        { reason: "own_text" },
      );
    }
    const { id: runbookVersionId, slug } = version;
    await tx.insert(partReading).values(
      parts.map(({ name, chain }) => ({
        id: randomUUID(),
        runbookVersionId,
        slug,
        stageKey,
        part: name,
        chain,
        personId,
        at,
      })),
    );
    const names = parts.map(({ name }) => name);
    return {
      output: { parts: names },
      audit: { slug, contentHash: version.contentHash, stageKey, parts: names },
    };
  },
});
