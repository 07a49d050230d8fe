import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { JOURNAL_KINDS } from "#server/domain/job/states.ts";
import type { JournalRow } from "./journal.ts";
import { foldJournal, isCallOpen, JOURNAL_VERSION } from "./progress.ts";

const FOLDER = join(import.meta.dirname, "fixtures");

const fixtureSchema = z.array(
  z.strictObject({
    what: z.string(),
    entries: z.array(
      z.strictObject({
        kind: z.enum(JOURNAL_KINDS),
        stepId: z.string().optional(),
        callId: z.string().optional(),
        body: jsonSchema,
      }),
    ),
    decides: jsonSchema,
  }),
);
type Entries = z.output<typeof fixtureSchema>[number]["entries"];

function rows(entries: Entries): JournalRow[] {
  return entries.map(({ kind, stepId, callId, body }, index) => ({
    jobId: "j",
    seq: index + 1,
    fencing: 1,
    kind,
    stepId: stepId ?? null,
    callId: callId ?? null,
    body,
    at: new Date(0),
  }));
}

/** Everything that going on with a journal depends on. */
function decisions(entries: Entries) {
  const progress = foldJournal(rows(entries));
  return {
    ...progress,
    startedSteps: [...progress.startedSteps],
    finishedSteps: [...progress.finishedSteps],
    captured: Object.fromEntries(progress.captured),
    judgedGates: Object.fromEntries(progress.judgedGates),
    calls: undefined,
    open: isCallOpen(progress),
    settled: [...progress.calls].flatMap(([id, { outcome }]) => (outcome === null ? [] : [id])),
  };
}

const files = readdirSync(FOLDER).filter((name) => /^journal-v\d+\.json$/.test(name));

describe.each(files)("journals of %s", (file) => {
  const fixtures = fixtureSchema.parse(JSON.parse(readFileSync(join(FOLDER, file), "utf8")));
  it.each(fixtures)("$what: decides as it did then", ({ entries, decides }) => {
    expect(decisions(entries)).toEqual(decides);
  });
});

it("keeps journals of every version up to today's", () => {
  const expected = Array.from({ length: JOURNAL_VERSION }, (_, index) => `journal-v${index + 1}.json`);
  expect(files.sort()).toEqual(expected.sort());
});

describe("a journal that cannot be", () => {
  it.each([
    ["an outcome of another shape", { kind: "outcome", stepId: "s", callId: "c", body: { result: "maybe" } }],
    ["a gate without a verdict", { kind: "gate", body: { id: "g" } }],
    ["a version that is no number", { kind: "claimed", body: { version: "1" } }],
    ["a version of nought", { kind: "recovered", body: { version: 0 } }],
  ] as const)("%s is not gone on from", (_what, entry) => {
    expect(() => foldJournal(rows([entry]))).toThrow();
  });
});
