import { type GateCover, isCovered } from "../register/gate/gate.ts";
import type { ChainedStage } from "./chain.ts";

/**
 * What is proven about a stage. Computed from recorded evidence, never stored, never typed.
 *
 * validated: a recorded green run of exactly these bytes, on top of exactly those before them, on this cloud.
 * corrected_pending: such a run is there of other bytes; these, or an earlier stage, were edited since.
 * procedure_pending: never run green here. refuted: something observed since says otherwise.
 */
export const MARKERS = ["validated", "corrected_pending", "procedure_pending", "refuted"] as const;
export type MarkerKind = (typeof MARKERS)[number];

/** How much is proven of exactly this text: a person has read it, it ran on this cloud, it ran for this tenant. */
export const GRADES = ["none", "read_through", "reproduced", "reproduced_here"] as const;
export type Grade = (typeof GRADES)[number];

/** A run that came to an end and says something about its text. */
export interface Run {
  jobId: string;
  number: number;
  tenantId: string;
  cloudId: string;
  stageKey: string;
  /** Of the stage in the version that ran; see chain.ts. */
  chain: string;
  /** Of each block and gate of it. */
  partChains: readonly string[];
  outcome: "green" | "failed";
  /** `by_hand`: a part of it was done by a person, so that the console has not reproduced it. */
  how: "executed" | "by_hand";
  /** Who ran blocks of it elsewhere and pasted what they printed. */
  pastedBy: readonly string[];
  /** Of a green run: a finding of it that says that something is wrong all the same. */
  problem: string | null;
  finishedAt: Date;
  requestedBy: string;
  approvedBy: string | null;
}

/** One person's word that he has read exactly this part, and what it builds on. */
export interface Reading {
  stageKey: string;
  /** Of the part; see chain.ts. */
  chain: string;
  by: string;
  at: Date;
}

/** An open item that says that a stage is not as written. */
export interface Refuting {
  itemId: string;
  code: string;
  title: string;
  at: Date;
  cover: GateCover;
}

export interface Scope {
  cloud: { id: string; name: string };
  runbookSlug: string;
  /** Left out: what holds on the cloud, whoever the tenant. */
  tenant?: { id: string; slug: string };
}

type ProvingRun = Pick<Run, "jobId" | "number" | "tenantId" | "finishedAt" | "requestedBy" | "approvedBy">;

export interface Marker {
  kind: MarkerKind;
  grade: Grade;
  /** When that was proven or refuted; null while nothing is. */
  at: Date | null;
  /** The run that proves it, from `reproduced` on. */
  run: ProvingRun | null;
  /** Who has read it, for `read_through`. */
  readBy: readonly string[];
  /** What refutes it: an item, or the run that failed or found something. */
  refutedBy: { code: string; says: string; itemId: string | null; jobId: string | null } | null;
  /** What was proven of an earlier text of it; null where nothing was, or the present one is proven. */
  before: { grade: Grade; at: Date } | null;
  /** The newest run of exactly this that came to its end by people's hands: it happened, and no machine reproduced it. */
  handRun: { jobId: string; number: number; at: Date; pastedBy: readonly string[] } | null;
  isByHand: boolean;
}

/** Evidence of one runbook by what it is about: made once, asked for every tenant. */
export interface Weighed {
  runs: RunIndex;
  partRuns: RunIndex;
  /** Runs that came to their end and were done by people, in part or whole; of stages and of parts. */
  handRuns: RunIndex;
  /** The newest green run of a stage in whatever text, by cloud, and by cloud and tenant. */
  everGreen: ReadonlyMap<string, Run>;
  readings: ReadonlyMap<string, readonly Reading[]>;
  everRead: ReadonlyMap<string, Reading>;
  refuting: readonly Refuting[];
}

/** Runs by cloud and chain, and by cloud, chain and tenant; the newest first. */
type RunIndex = ReadonlyMap<string, readonly Run[]>;

/** Puts evidence of one runbook in order. What was done by hand proves nothing, and can still fail. */
export function weighEvidence(given: {
  runs: readonly Run[];
  readings: readonly Reading[];
  refuting: readonly Refuting[];
}): Weighed {
  const isOfMachine = ({ outcome, how }: Run) => outcome === "failed" || how === "executed";
  const newestFirst = given.runs.toSorted(
    (a, b) => b.finishedAt.getTime() - a.finishedAt.getTime() || b.number - a.number,
  );
  const runs = newestFirst.filter(isOfMachine);
  const byHand = newestFirst.filter((run) => !isOfMachine(run) && isProof(run));
  const readings = given.readings.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const green = runs.filter(isProof).toReversed();
  return {
    runs: indexRuns(runs, ({ chain }) => [chain]),
    partRuns: indexRuns(runs.filter(isProof), ({ partChains }) => partChains),
    handRuns: indexRuns(byHand, ({ chain, partChains }) => [...new Set([chain, ...partChains])]),
    everGreen: new Map(
      green.flatMap((run) => [
        [`${run.cloudId} ${run.stageKey}`, run],
        [`${run.cloudId} ${run.stageKey} ${run.tenantId}`, run],
      ]),
    ),
    readings: Map.groupBy(readings, ({ chain }) => chain),
    everRead: new Map(readings.toReversed().map((reading) => [reading.stageKey, reading])),
    refuting: given.refuting,
  };
}

const isProof = ({ outcome, problem }: Run): boolean => outcome === "green" && problem === null;

function indexRuns(runs: readonly Run[], chainsOf: (run: Run) => readonly string[]): RunIndex {
  const index = new Map<string, Run[]>();
  for (const run of runs) {
    for (const chain of chainsOf(run)) {
      for (const key of [`${run.cloudId} ${chain}`, `${run.cloudId} ${chain} ${run.tenantId}`]) {
        const known = index.get(key);
        if (known) known.push(run);
        else index.set(key, [run]);
      }
    }
  }
  return index;
}

/**
 * What is proven of every stage, for a cloud or for one tenant on it. For a tenant its own newest run decides; where it
 * has none, what holds on the cloud. The one function that the document's margin, the stage rail and the board ask.
 */
export function computeMarkers(
  stages: readonly ChainedStage[],
  weighed: Weighed,
  scope: Scope,
): ReadonlyMap<string, Marker> {
  return new Map(stages.map((stage) => [stage.key, markerOf(stage, weighed, scope)]));
}

/** The same for each block and gate of a stage, by `block <id>` or `gate <id>`. What refutes a stage refutes all of it. */
export function computePartMarkers(
  stage: ChainedStage,
  weighed: Weighed,
  scope: Scope,
): ReadonlyMap<string, Marker> {
  const whole = markerOf(stage, weighed, scope);
  return new Map(
    stage.parts.map(({ name, chain }) => {
      if (whole.kind === "refuted") return [name, whole];
      const unit = { stageKey: stage.key, chain, parts: [chain] };
      return [name, unrefuted(unit, newestOf(weighed.partRuns, chain, scope), { weighed, scope })];
    }),
  );
}

/** Of a stage that is not there. */
export const NOTHING_PROVEN: Marker = {
  kind: "procedure_pending",
  grade: "none",
  at: null,
  run: null,
  readBy: [],
  refutedBy: null,
  before: null,
  handRun: null,
  isByHand: false,
};

function markerOf(stage: ChainedStage, weighed: Weighed, scope: Scope): Marker {
  const newest = newestOf(weighed.runs, stage.chain, scope);
  const refuted = refutationOf(stage, newest, { weighed, scope });
  if (refuted !== null) return refuted;
  const unit = { stageKey: stage.key, chain: stage.chain, parts: stage.parts.map(({ chain }) => chain) };
  return unrefuted(unit, newest, { weighed, scope });
}

/** The tenant's own newest run of exactly this; else the newest one on the cloud. */
function newestOf(index: RunIndex, chain: string, { cloud, tenant }: Scope): Run | null {
  const here = `${cloud.id} ${chain}`;
  const own = tenant === undefined ? undefined : index.get(`${here} ${tenant.id}`)?.[0];
  return own ?? index.get(here)?.[0] ?? null;
}

interface Asked {
  weighed: Weighed;
  scope: Scope;
}

function refutationOf(stage: ChainedStage, newest: Run | null, { weighed, scope }: Asked): Marker | null {
  const scene = {
    cloudName: scope.cloud.name,
    tenantSlug: scope.tenant?.slug ?? "",
    runbookSlug: scope.runbookSlug,
    stageKey: stage.key,
    operations: stage.operations,
  };
  const item = weighed.refuting.find(
    // An item that names no stage and no operation is about more than this text.
    ({ cover }) => (cover.stageKey !== null || cover.operation !== null) && isCovered(cover, scene),
  );
  if (item !== undefined) {
    const refutedBy = { code: item.code, says: item.title, itemId: item.itemId, jobId: null };
    return { ...NOTHING_PROVEN, kind: "refuted", at: item.at, refutedBy };
  }
  if (newest === null || isProof(newest)) return null;
  const says = newest.problem ?? "Its newest run of exactly this text did not pass.";
  const refutedBy = { code: `job ${newest.number}`, says, itemId: null, jobId: newest.jobId };
  return { ...NOTHING_PROVEN, kind: "refuted", at: newest.finishedAt, refutedBy };
}

interface Unit {
  stageKey: string;
  chain: string;
  /** Of everything that has to be read. */
  parts: readonly string[];
}

function unrefuted({ stageKey, chain, parts }: Unit, proof: Run | null, { weighed, scope }: Asked): Marker {
  if (proof !== null) {
    const { jobId, number, tenantId, finishedAt, requestedBy, approvedBy } = proof;
    const grade = tenantId === scope.tenant?.id ? "reproduced_here" : "reproduced";
    const run = { jobId, number, tenantId, finishedAt, requestedBy, approvedBy };
    return { ...NOTHING_PROVEN, kind: "validated", grade, at: finishedAt, run };
  }
  const here = `${scope.cloud.id} ${stageKey}`;
  const own = scope.tenant && weighed.everGreen.get(`${here} ${scope.tenant.id}`);
  const once = own ?? weighed.everGreen.get(here);
  const read = readingOf(parts, weighed);
  const kind = once === undefined ? "procedure_pending" : "corrected_pending";
  const before = beforeOf(once, { own, read: read === null ? weighed.everRead.get(stageKey) : undefined });
  const done = newestOf(weighed.handRuns, chain, scope);
  const handRun = done && {
    jobId: done.jobId,
    number: done.number,
    at: done.finishedAt,
    pastedBy: done.pastedBy,
  };
  const marker: Marker = { ...NOTHING_PROVEN, kind, before, handRun, isByHand: handRun !== null };
  return read === null ? marker : { ...marker, grade: "read_through", ...read };
}

function beforeOf(
  once: Run | undefined,
  { own, read }: { own: Run | undefined; read: Reading | undefined },
): Marker["before"] {
  if (once !== undefined) return { grade: own ? "reproduced_here" : "reproduced", at: once.finishedAt };
  return read === undefined ? null : { grade: "read_through", at: read.at };
}

/** Whether every part was read, by whom, and since when: as old as the part that nobody has read again for longest. */
function readingOf(parts: readonly string[], { readings }: Weighed): { at: Date; readBy: string[] } | null {
  const newest = parts.map((chain) => readings.get(chain)?.[0]);
  const [first] = newest;
  if (first === undefined || newest.includes(undefined)) return null;
  const all = newest.filter((one) => one !== undefined);
  const at = all.reduce((oldest, one) => (one.at < oldest ? one.at : oldest), first.at);
  return { at, readBy: [...new Set(all.map(({ by }) => by))] };
}
