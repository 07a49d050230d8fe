import { describe, expect, it } from "vitest";
import { chainStages } from "./chain.ts";
import { decodeProof, encodeProof } from "./schema.ts";
import {
  computeMarkers,
  computePartMarkers,
  type Grade,
  type Marker,
  type MarkerKind,
  type Reading,
  type Refuting,
  type Run,
  type Scope,
  weighEvidence,
} from "./compute.ts";

type Stage = [key: string, ...blocks: string[]];

const POSITION = { line: 1, column: 1 };

/** A runbook of stages, each of blocks `id=bytes`. */
function textOf(...stages: Stage[]) {
  return chainStages({
    stages: stages.map(([key, ...blocks]) => ({
      key,
      title: key,
      hash: blocks.join(" "),
      position: POSITION,
      parts: blocks.map((block) => {
        const [id = "", hash = ""] = block.split("=");
        return {
          kind: "block" as const,
          block: { id, hash, as: "operator-admin" as const, title: id, steps: [], position: POSITION },
        };
      }),
    })),
  });
}

const V1 = textOf(["0", "a=1"], ["1", "b=1", "c=1"], ["2.5", "d=1"]);
const V2 = textOf(["0", "a=1"], ["1", "b=2", "c=1"], ["2.5", "d=1"]);
const HERE = { id: "here", name: "omega" };
const CLOUD: Scope = { cloud: HERE, runbookSlug: "onboarding" };
const ACME: Scope = { ...CLOUD, tenant: { id: "t-acme", slug: "acme" } };
const BETA: Scope = { ...CLOUD, tenant: { id: "t-beta", slug: "beta" } };

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
let counter = 0;

function run(text: typeof V1, stageKey: string, change: Partial<Run> = {}): Run {
  const stage = text.find(({ key }) => key === stageKey);
  counter += 1;
  return {
    jobId: `job-${counter}`,
    number: counter,
    tenantId: "t-acme",
    cloudId: "here",
    stageKey,
    chain: stage?.chain ?? "",
    partChains: stage?.parts.map(({ chain }) => chain) ?? [],
    outcome: "green",
    how: "executed",
    pastedBy: [],
    problem: null,
    finishedAt: day(1),
    requestedBy: "ada",
    approvedBy: "bob",
    ...change,
  };
}

const all = (text: typeof V1, change: Partial<Run> = {}) => text.map(({ key }) => run(text, key, change));
const failed = (text: typeof V1, stageKey: string, change: Partial<Run> = {}) =>
  run(text, stageKey, { outcome: "failed", finishedAt: day(5), ...change });

function reading(text: typeof V1, place: `${string}:${number}`, change: Partial<Reading> = {}): Reading {
  const [stageKey = "", part] = place.split(":");
  const stage = text.find(({ key }) => key === stageKey);
  return { stageKey, chain: stage?.parts[Number(part)]?.chain ?? "", by: "rita", at: day(3), ...change };
}

const item = (cover: Partial<Refuting["cover"]>): Refuting => ({
  itemId: "i",
  code: "H-4",
  title: "Stage says otherwise",
  at: day(6),
  cover: {
    cloudName: null,
    tenantSlug: null,
    runbookSlug: null,
    stageKey: null,
    operation: null,
    ...cover,
  },
});

interface Facts {
  runs?: Run[];
  readings?: Reading[];
  refuting?: Refuting[];
}

const markersOf = (text: typeof V1, facts: Facts, scope: Scope) =>
  computeMarkers(text, weighEvidence({ runs: [], readings: [], refuting: [], ...facts }), scope);

const SHORT: Record<MarkerKind, string> = {
  validated: "V",
  corrected_pending: "C",
  procedure_pending: "P",
  refuted: "R",
};
const GRADE: Record<Grade, string> = { none: "0", read_through: "1", reproduced: "2", reproduced_here: "3" };
const shortOf = ({ kind, grade }: Marker) => `${SHORT[kind]}${GRADE[grade]}`;
const short = (text: typeof V1, facts: Facts, scope: Scope) =>
  [...markersOf(text, facts, scope).values()].map(shortOf).join(" ");

describe("a stage", () => {
  it.each<[string, typeof V1, Facts, Scope, string]>([
    ["no evidence", V1, {}, CLOUD, "P0 P0 P0"],
    ["the first stage green", V1, { runs: [run(V1, "0")] }, CLOUD, "V2 P0 P0"],
    ["all green, asked of the cloud", V1, { runs: all(V1) }, CLOUD, "V2 V2 V2"],
    ["all green, asked of the tenant that ran it", V1, { runs: all(V1) }, ACME, "V3 V3 V3"],
    ["all green, asked of another tenant", V1, { runs: all(V1) }, BETA, "V2 V2 V2"],
    ["an edit ends its stage and every later one", V2, { runs: all(V1) }, CLOUD, "V2 C0 C0"],
    ["an edit does so for the tenant too", V2, { runs: all(V1) }, ACME, "V3 C0 C0"],
    ["the older text stays as proven as it was", V1, { runs: all(V1) }, ACME, "V3 V3 V3"],
    [
      "the edited stage ran again, what follows it did not",
      V2,
      { runs: [...all(V1), run(V2, "1")] },
      ACME,
      "V3 V3 C0",
    ],
    [
      "two tenants, each with its own version",
      V2,
      { runs: [...all(V1), ...all(V2, { tenantId: "t-beta" })] },
      ACME,
      "V3 V2 V2",
    ],
    ["the first text again", textOf(["0", "a=1"], ["1", "b=1", "c=1"]), { runs: all(V1) }, CLOUD, "V2 V2"],
    [
      "a stage that was put in ends what stands after it",
      textOf(["0", "a=1"], ["0.5", "x=1"], ["1", "b=1", "c=1"]),
      { runs: all(V1) },
      CLOUD,
      "V2 P0 C0",
    ],
    ["a stage that was taken out ends it too", textOf(["1", "b=1", "c=1"]), { runs: all(V1) }, CLOUD, "C0"],
    ["stages in another order", textOf(["1", "b=1", "c=1"], ["0", "a=1"]), { runs: all(V1) }, CLOUD, "C0 C0"],
    ["a new last stage", textOf(["0", "a=1"], ["9", "z=1"]), { runs: all(V1) }, CLOUD, "V2 P0"],
    ["the same bytes under another key", textOf(["7", "a=1"]), { runs: all(V1) }, CLOUD, "P0"],
    ["green on another cloud", V1, { runs: all(V1, { cloudId: "there" }) }, CLOUD, "P0 P0 P0"],
    ["by hand", V1, { runs: all(V1, { how: "by_hand" }) }, ACME, "P0 P0 P0"],
    [
      "by hand after it failed",
      V1,
      { runs: [failed(V1, "0"), run(V1, "0", { how: "by_hand", finishedAt: day(6) })] },
      ACME,
      "R0 P0 P0",
    ],
    ["failed first", V1, { runs: [failed(V1, "0")] }, CLOUD, "R0 P0 P0"],
    ["failed after it was green", V1, { runs: [...all(V1), failed(V1, "1")] }, ACME, "V3 R0 V3"],
    [
      "failed, then passed",
      V1,
      { runs: [failed(V1, "0"), run(V1, "0", { finishedAt: day(6) })] },
      ACME,
      "V3 P0 P0",
    ],
    [
      "failed at another tenant: this one's own run stands",
      V1,
      { runs: [...all(V1), failed(V1, "1", { tenantId: "t-beta" })] },
      ACME,
      "V3 V3 V3",
    ],
    [
      "failed at another tenant: the cloud's does not",
      V1,
      { runs: [...all(V1), failed(V1, "1", { tenantId: "t-beta" })] },
      CLOUD,
      "V2 R0 V2",
    ],
    ["failed with another text", V2, { runs: [...all(V2), failed(V1, "1")] }, CLOUD, "V2 V2 V2"],
    [
      "failed on another cloud",
      V1,
      { runs: [...all(V1), failed(V1, "1", { cloudId: "there" })] },
      CLOUD,
      "V2 V2 V2",
    ],
    [
      "green with a finding that something is wrong",
      V1,
      { runs: all(V1, { problem: "Open" }) },
      CLOUD,
      "R0 R0 R0",
    ],
    [
      "an item about the stage",
      V1,
      { runs: all(V1), refuting: [item({ runbookSlug: "onboarding", stageKey: "1" })] },
      ACME,
      "V3 R0 V3",
    ],
    [
      "an item about the stage of another runbook",
      V1,
      { runs: all(V1), refuting: [item({ runbookSlug: "other", stageKey: "1" })] },
      ACME,
      "V3 V3 V3",
    ],
    [
      "an item about one tenant, asked of that",
      V1,
      { runs: all(V1), refuting: [item({ tenantSlug: "acme", stageKey: "1" })] },
      ACME,
      "V3 R0 V3",
    ],
    [
      "an item about one tenant, asked of another",
      V1,
      { runs: all(V1), refuting: [item({ tenantSlug: "acme", stageKey: "1" })] },
      BETA,
      "V2 V2 V2",
    ],
    [
      "an item about one tenant, asked of the cloud",
      V1,
      { runs: all(V1), refuting: [item({ tenantSlug: "acme", stageKey: "1" })] },
      CLOUD,
      "V2 V2 V2",
    ],
    [
      "an item about a tenant and no stage",
      V1,
      { runs: all(V1), refuting: [item({ tenantSlug: "acme" })] },
      ACME,
      "V3 V3 V3",
    ],
    [
      "an item about another cloud",
      V1,
      { runs: all(V1), refuting: [item({ cloudName: "kappa", stageKey: "1" })] },
      ACME,
      "V3 V3 V3",
    ],
    ["read", V1, { readings: [reading(V1, "0:0")] }, CLOUD, "P1 P0 P0"],
    ["one of two blocks read", V1, { readings: [reading(V1, "1:0")] }, CLOUD, "P0 P0 P0"],
    ["both blocks read", V1, { readings: [reading(V1, "1:0"), reading(V1, "1:1")] }, CLOUD, "P0 P1 P0"],
    [
      "read before the edit",
      V2,
      { readings: [reading(V1, "0:0"), reading(V1, "1:0"), reading(V1, "1:1"), reading(V1, "2.5:0")] },
      CLOUD,
      "P1 P0 P0",
    ],
    [
      "corrected, and read since",
      V2,
      { runs: all(V1), readings: [reading(V2, "1:0"), reading(V2, "1:1")] },
      CLOUD,
      "V2 C1 C0",
    ],
    [
      "read, but refuted",
      V1,
      { readings: [reading(V1, "0:0")], refuting: [item({ stageKey: "0" })] },
      CLOUD,
      "R0 P0 P0",
    ],
    ["run and read is run", V1, { runs: all(V1), readings: [reading(V1, "0:0")] }, CLOUD, "V2 V2 V2"],
  ])("%s", (...[, text, facts, scope, expected]) => {
    expect(short(text, facts, scope)).toBe(expected);
    const backwards = {
      ...facts,
      runs: facts.runs?.toReversed() ?? [],
      readings: facts.readings?.toReversed() ?? [],
    };
    expect(short(text, backwards, scope)).toBe(expected);
  });
});

describe("an age", () => {
  it("is that of the newest run of exactly these bytes", () => {
    const runs = [
      run(V1, "0", { jobId: "older" }),
      run(V1, "0", { jobId: "newer", finishedAt: day(2) }),
      run(textOf(["0", "a=0"]), "0", { jobId: "edited", finishedAt: day(3) }),
    ];
    const marker = markersOf(V1, { runs }, CLOUD).get("0");
    expect(marker?.run?.jobId).toBe("newer");
    expect(marker?.at).toEqual(day(2));
  });

  it("of two at the same moment the later job counts", () => {
    const runs = [run(V1, "0"), run(V1, "0", { outcome: "failed" })];
    expect(short(V1, { runs }, ACME)).toBe("R0 P0 P0");
    expect(short(V1, { runs: [failed(V1, "0", { finishedAt: day(1) }), run(V1, "0")] }, ACME)).toBe(
      "V3 P0 P0",
    );
  });

  it("of a reading is that of the part that was read longest ago", () => {
    const readings = [reading(V1, "1:0", { at: day(9), by: "otto" }), reading(V1, "1:1", { at: day(4) })];
    const marker = markersOf(V1, { readings }, CLOUD).get("1");
    expect(marker).toMatchObject({ grade: "read_through", at: day(4), readBy: ["otto", "rita"] });
  });

  it("says what was proven of an earlier text, and of whom", () => {
    const marker = (scope: Scope) => markersOf(V2, { runs: all(V1) }, scope).get("1")?.before;
    expect(marker(CLOUD)).toEqual({ grade: "reproduced", at: day(1) });
    expect(marker(ACME)).toEqual({ grade: "reproduced_here", at: day(1) });
    expect(marker(BETA)).toEqual({ grade: "reproduced", at: day(1) });
    expect(markersOf(V1, { runs: all(V1) }, CLOUD).get("1")?.before).toBeNull();
  });

  it("names what refutes it", () => {
    expect(markersOf(V1, { refuting: [item({ stageKey: "0" })] }, CLOUD).get("0")?.refutedBy).toEqual({
      code: "H-4",
      says: "Stage says otherwise",
      itemId: "i",
      jobId: null,
    });
    const stop = failed(V1, "0");
    expect(markersOf(V1, { runs: [stop] }, CLOUD).get("0")?.refutedBy?.jobId).toBe(stop.jobId);
  });
});

describe("a block", () => {
  const partsOf = (text: typeof V1, facts: Facts, scope: Scope) => {
    const stage = text.find(({ key }) => key === "1");
    if (!stage) throw new Error("The test names a stage that is not there.");
    const weighed = weighEvidence({ runs: [], readings: [], refuting: [], ...facts });
    return [...computePartMarkers(stage, weighed, scope).values()].map(shortOf).join(" ");
  };

  it.each<[string, typeof V1, Facts, Scope, string]>([
    ["ran", V1, { runs: all(V1) }, ACME, "V3 V3"],
    ["edited: it and what stands after it", V2, { runs: all(V1) }, ACME, "C0 C0"],
    [
      "edited: not what stands before it",
      textOf(["0", "a=1"], ["1", "b=1", "c=2"]),
      { runs: all(V1) },
      CLOUD,
      "V2 C0",
    ],
    [
      "edited in an earlier stage",
      textOf(["0", "a=2"], ["1", "b=1", "c=1"]),
      { runs: all(V1) },
      CLOUD,
      "C0 C0",
    ],
    ["one read", V1, { readings: [reading(V1, "1:1")] }, CLOUD, "P0 P1"],
    ["of a refuted stage", V1, { runs: [...all(V1), failed(V1, "1")] }, CLOUD, "R0 R0"],
    ["of a stage that was cut short", textOf(["0", "a=1"], ["1", "b=1"]), { runs: all(V1) }, CLOUD, "V2"],
  ])("%s", (...[, text, facts, scope, expected]) => {
    expect(partsOf(text, facts, scope)).toBe(expected);
  });

  it("a stage that was cut short is not proven by the longer one", () => {
    expect(short(textOf(["0", "a=1"], ["1", "b=1"]), { runs: all(V1) }, CLOUD)).toBe("V2 C0");
  });
});

describe("a stage that people did", () => {
  const byHand = (text: typeof V1, change: Partial<Run> = {}) =>
    run(text, "0", { how: "by_hand", ...change });
  const of = (facts: Facts, scope: Scope = ACME) => markersOf(V1, facts, scope).get("0");

  it("names the newest such run, and is no more proven than before", () => {
    const newest = byHand(V1, { finishedAt: day(4) });
    expect(of({ runs: [byHand(V1), newest] })).toMatchObject({
      kind: "procedure_pending",
      grade: "none",
      at: null,
      run: null,
      isByHand: true,
      handRun: { jobId: newest.jobId, number: newest.number, at: day(4), pastedBy: [] },
    });
  });

  it("says so of another tenant and of the cloud, with what was read beside it", () => {
    const facts = { runs: [byHand(V1)], readings: [reading(V1, "0:0")] };
    for (const scope of [CLOUD, BETA])
      expect(of(facts, scope)).toMatchObject({ grade: "read_through", isByHand: true });
  });

  it.each<[string, Facts]>([
    ["proven by a machine", { runs: [byHand(V1), run(V1, "0")] }],
    ["refuted by a failed run", { runs: [byHand(V1), failed(V1, "0")] }],
    ["done with another text", { runs: [byHand(textOf(["0", "a=9"]))] }],
    ["done on another cloud", { runs: [byHand(V1, { cloudId: "there" })] }],
    ["found wrong by hand", { runs: [byHand(V1, { problem: "No" })] }],
  ])("does not say so where it is %s", (_, facts) => {
    expect(of(facts)).toMatchObject({ isByHand: false, handRun: null });
  });

  it("is said of its parts", () => {
    const [stage] = V1;
    if (stage === undefined) throw new Error("It has a stage.");
    const weighed = weighEvidence({ runs: [byHand(V1)], readings: [], refuting: [] });
    expect([...computePartMarkers(stage, weighed, ACME).values()]).toMatchObject([{ isByHand: true }]);
  });

  it.each([
    { kind: "procedure_pending", grade: "none", at: null, isByHand: true },
    { kind: "corrected_pending", grade: "read_through", at: day(3), isByHand: true },
    { kind: "validated", grade: "reproduced", at: day(3), isByHand: false },
  ] as const)("stands on the wire as it is: %o", (proof) => {
    expect(decodeProof(encodeProof(proof))).toEqual(proof);
  });
});
