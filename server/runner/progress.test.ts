import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { JOURNAL_KINDS } from "#server/domain/job/states.ts";
import type { JournalRow } from "./journal.ts";
import { foldJournal, gateBody, isCallOpen, isOfWait, JOURNAL_VERSION } from "./progress.ts";

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
    haltedAt: undefined,
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

const OUTCOME = {
  result: "applied",
  status: 201,
  requestId: null,
  captured: { id: "1" },
  seen: "answer",
  says: "Done.",
} as const;

describe("an entry", () => {
  it("counts for its own kind alone, and only where it says what it is about", () => {
    for (const kind of JOURNAL_KINDS) {
      if (kind === "outcome" || kind === "gate") continue;
      const { startedSteps, finishedSteps, calls, ...rest } = foldJournal(
        rows([{ kind, stepId: "s", callId: "c", body: {} }]),
      );
      expect([...startedSteps], kind).toEqual(kind === "step_started" ? ["s"] : []);
      expect([...finishedSteps], kind).toEqual(kind === "step_finished" ? ["s"] : []);
      const announced = { outcome: null, taskId: null, announcedAt: new Date(0), tries: 1 };
      expect([...calls], kind).toEqual(kind === "intent" ? [["c", announced]] : []);
      expect([...rest.haltedAt], kind).toEqual(kind === "halted" ? [["s", new Date(0)]] : []);
      expect(rest.isReplanned, kind).toBe(kind === "replanned");
      expect(rest.recoveryCount, kind).toBe(kind === "recovered" ? 1 : 0);
    }
    for (const kind of ["step_started", "step_finished", "intent", "halted"] as const) {
      const { startedSteps, finishedSteps, calls, haltedAt } = foldJournal(rows([{ kind, body: {} }]));
      const sizes = [startedSteps.size, finishedSteps.size, calls.size, haltedAt.size];
      expect(sizes, kind).toEqual([0, 0, 0, 0]);
    }
    for (const about of [{ stepId: "s" }, { callId: "c" }, {}]) {
      const { calls, captured } = foldJournal(rows([{ kind: "outcome", ...about, body: OUTCOME }]));
      expect([calls.size, captured.size]).toEqual([0, 0]);
    }
  });

  it("says which writer wrote it only where a run was taken up", () => {
    expect(foldJournal(rows([{ kind: "step_started", stepId: "s", body: { version: 7 } }])).version).toBe(1);
    expect(foldJournal(rows([{ kind: "replanned", body: { version: "none" } }])).version).toBe(1);
    expect(foldJournal(rows([{ kind: "recovered", body: { version: 7 } }])).version).toBe(7);
  });

  it("of a gate is what a gate wrote", () => {
    const { judgedGates } = foldJournal(rows([{ kind: "gate", body: gateBody("g", false) }]));
    expect([...judgedGates]).toEqual([["g", false]]);
  });
});

describe("the task of a call", () => {
  const intent = { kind: "intent", stepId: "s", callId: "c", body: {} } as const;
  const task = (body: z.output<typeof jsonSchema>, kind: "task" | "probed" = "task") =>
    foldJournal(rows([intent, { kind, stepId: "s", callId: "c", body }])).calls.get("c")?.taskId;

  it("is the one that was answered, and none where that cannot be read", () => {
    expect(task({ id: "UPID:pve1:1" })).toBe("UPID:pve1:1");
    for (const body of [{ id: "" }, { id: 1 }, {}, null, "UPID:pve1:1"]) expect(task(body)).toBeNull();
    expect(task({ id: "UPID:pve1:1" }, "probed")).toBeNull();
  });

  it("belongs to a call that was announced, and stays when its outcome is known", () => {
    const alone = { kind: "task", stepId: "s", callId: "c", body: { id: "t" } } as const;
    expect(foldJournal(rows([alone])).calls.size).toBe(0);
    expect(foldJournal(rows([intent, { ...alone, callId: "d" }])).calls.get("c")?.taskId).toBeNull();
    const outcome = { kind: "outcome", stepId: "s", callId: "c", body: OUTCOME } as const;
    const known = foldJournal(rows([intent, alone, outcome])).calls.get("c");
    expect(known).toEqual({ outcome: OUTCOME, taskId: "t", announcedAt: new Date(0), tries: 1 });
    expect(foldJournal(rows([outcome])).calls.get("c")).toEqual({
      outcome: OUTCOME,
      taskId: null,
      announcedAt: new Date(0),
      tries: 1,
    });
  });
});

describe("a job that waits for a person", () => {
  it("is one whose journal ends with the wait or with the word of whoever it waited for", () => {
    for (const kind of JOURNAL_KINDS)
      expect(isOfWait({ kind }), kind).toBe(kind === "halted" || kind === "attested");
    expect(isOfWait(undefined)).toBe(false);
  });

  it("was not broken off where it goes on after that, and was anywhere else", () => {
    const after = (kind: (typeof JOURNAL_KINDS)[number]) =>
      foldJournal(
        rows([
          { kind, stepId: "s", body: kind === "gate" ? gateBody("g", true) : {} },
          { kind: "recovered", body: {} },
          { kind: "replanned", body: {} },
        ]),
      ).recoveryCount;
    expect([after("halted"), after("attested"), after("step_started"), after("gate")]).toEqual([0, 0, 1, 1]);
  });
});

it("of no entries nothing has happened", () => {
  expect(foldJournal([])).toEqual({
    lastSeq: 0,
    version: 1,
    isReplanned: false,
    startedSteps: new Set(),
    finishedSteps: new Set(),
    calls: new Map(),
    captured: new Map(),
    judgedGates: new Map(),
    haltedAt: new Map(),
    recoveryCount: 0,
  });
});

/** Any entries in any order: what a journal means is told of each entry alone, in their order. */
const anyEntry = fc.record({
  kind: fc.constantFrom(...JOURNAL_KINDS),
  stepId: fc.constantFrom("s1", "s2"),
  callId: fc.constantFrom("c1", "c2", "c3"),
});
const written = fc.array(anyEntry, { maxLength: 60 }).map((entries): Entries =>
  entries.map((entry, at) => {
    if (entry.kind === "outcome") return { ...entry, body: { ...OUTCOME, captured: { id: String(at) } } };
    return { ...entry, body: entry.kind === "gate" ? gateBody(entry.stepId, at % 2 === 0) : {} };
  }),
);

describe("whatever a journal holds", () => {
  it("the last word on a call decides whether it hangs in the air", () => {
    fc.assert(
      fc.property(written, (entries) => {
        const progress = foldJournal(rows(entries));
        for (const id of ["c1", "c2", "c3"]) {
          const last = entries.findLast(
            ({ kind, callId }) => callId === id && (kind === "intent" || kind === "outcome"),
          );
          const known = progress.calls.get(id);
          expect(known === undefined ? "never" : known.outcome === null ? "intent" : "outcome").toBe(
            last?.kind ?? "never",
          );
        }
        expect(isCallOpen(progress)).toBe(
          [...progress.calls.values()].some(({ outcome }) => outcome === null),
        );
      }),
    );
  });

  it("more entries never take back a step or a recovery", () => {
    fc.assert(
      fc.property(written, fc.nat(60), (entries, cut) => {
        const [before, after] = [foldJournal(rows(entries.slice(0, cut))), foldJournal(rows(entries))];
        expect([...after.startedSteps]).toEqual(expect.arrayContaining([...before.startedSteps]));
        expect([...after.finishedSteps]).toEqual(expect.arrayContaining([...before.finishedSteps]));
        expect(after.recoveryCount).toBeGreaterThanOrEqual(before.recoveryCount);
        expect(after.lastSeq).toBe(entries.length);
      }),
    );
  });
});
