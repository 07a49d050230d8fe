import { eq, sql } from "drizzle-orm";
import { evidence, job, outputLine } from "#db/schema/job.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { OutputStream } from "#server/domain/job/states.ts";
import { contentDigest, requestDigest } from "#server/domain/plan/digest.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { isShellOperation } from "#server/domain/shell/schema.ts";
import { Redactor } from "#server/domain/secret/redact.ts";
import { type Ending, isGivenUp, RunEnded, RunStopped } from "./endings.ts";
import { Journal, listJournal } from "./journal.ts";
import type { Lease } from "./lease.ts";
import { JobOutput } from "./output.ts";
import { auditOpened } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";
import { requireCloud } from "./planner.ts";
import { foldJournal, isCallOpen, JOURNAL_VERSION, type Progress } from "./progress.ts";
import { openStageSessions, type StageSessions } from "./sessions.ts";
import { shownValue } from "./shell/take-values.ts";
import { findStageFacts, type StageFacts } from "./stage-facts.ts";
import type { Watch } from "./watch.ts";

export type JobRow = typeof job.$inferSelect;

/** One job while it runs: what is frozen, what is known so far, and the ways to write it down. */
export interface Run {
  parts: RunnerParts;
  held: Lease;
  job: JobRow;
  /** The frozen plan, parsed; the only source of what is sent. */
  plan: StagePlan;
  facts: StageFacts;
  progress: Progress;
  journal: Journal;
  output: JobOutput;
  redactor: Redactor;
  sessions: StageSessions;
  signal: AbortSignal;
  /** Outputs by step: from the plan, from answers, from read-backs. */
  outputs: Map<string, Record<string, string>>;
  /** As-run values, this run's included. */
  saved: Map<string, Json>;
  /** Calls whose outcome is on record. */
  settledCalls: Set<string>;
  /** Read-backs of this run by step, for its gates. */
  steps: Map<string, Json>;
  say(stream: OutputStream, text: string, stepId?: string): void;
  /** The run does something, although it says nothing. */
  touch(): void;
  /** Masked and storable: jsonb takes neither NUL nor half a surrogate pair. */
  clean(value: Json): Json;
  /** Throws RunStopped when the run has to stop here, between two calls. */
  checkpoint(): void;
  /** Throws RunStopped unless this process can say that the lane is its own. */
  assertHeld(): void;
}

/** Loads a claimed job. Throws RunEnded when it cannot even begin. */
export async function openRun(
  parts: RunnerParts,
  held: Lease,
  { signal, watch }: { signal: AbortSignal; watch: Watch },
): Promise<Run> {
  const [row] = await parts.db.select().from(job).where(eq(job.id, held.jobId));
  assert(row, "a claimed job exists");
  const plan = requireFrozenPlan(row);
  const { facts, progress, lastSeq, steps } = await readBeginning(parts, row);
  const reachable = requireCloud(parts, facts);
  if (reachable.kind === "blocked") {
    throw new RunEnded({ state: "failed", says: reachable.says, advice: reachable.advice });
  }
  if (progress.version > JOURNAL_VERSION) throw new RunEnded(tooNew(progress));
  const redactor = new Redactor();
  const clean = (value: Json) => storable(redactor.json(value));
  const saved = facts.saved;
  const output = new JobOutput({
    sql: parts.sql,
    held,
    redactor,
    now: parts.now,
    lastSeq,
  });
  const sessions = await openStageSessions({
    parts,
    cloud: reachable.cloud,
    anchor: reachable.anchor,
    tenant: facts.tenant,
    redactor,
    saved: () => saved,
    opened: (secret) => auditOpened(parts, { tenantId: facts.tenant.id, secret, jobId: row.id }),
    observe: (line) => output.say("call", line, null),
  });
  const assertHeld = () => {
    if (isGivenUp(signal) || !watch.isCertain()) throw new RunStopped("lease_lost");
  };
  return {
    parts,
    held,
    job: row,
    plan,
    facts,
    progress,
    journal: new Journal({ ...parts, clean, isLost: () => isGivenUp(signal) }, held, progress.lastSeq),
    output,
    redactor,
    sessions,
    signal,
    outputs: plannedOutputs(plan, progress),
    saved,
    settledCalls: new Set([...progress.calls].flatMap(([id, { outcome }]) => (outcome ? [id] : []))),
    steps,
    say(stream, text, stepId) {
      watch.touch();
      output.say(stream, text, stepId ?? null);
    },
    touch: () => watch.touch(),
    clean,
    checkpoint() {
      watch.touch();
      if (signal.aborted)
        throw signal.reason instanceof RunStopped ? signal.reason : new RunStopped("lease_lost");
      assertHeld();
    },
    assertHeld,
  };
}

/** What is on record when a run begins, or goes on. */
async function readBeginning(parts: RunnerParts, row: JobRow) {
  const [facts, entries, lastSeq, steps] = await Promise.all([
    findStageFacts(parts.db, row),
    listJournal(parts.db, row.id),
    lastOutputSeq(parts, row.id),
    listReadBacks(parts, row.id),
  ]);
  assert(facts, "the frozen runbook version has the job's stage");
  return { facts, progress: foldJournal(entries), lastSeq, steps };
}

/** What a later version wrote may mean something that this one does not know. */
function tooNew(progress: Progress): Ending {
  const isOpen = isCallOpen(progress);
  return {
    state: isOpen ? "outcome_unknown" : "failed",
    says: `This job was begun by a newer version of the runner, whose journal (version ${progress.version}) this one (version ${JOURNAL_VERSION}) cannot go on from. Nothing more was sent.`,
    advice: isOpen
      ? "Look at the cloud by hand. Two people then say what happened."
      : "Start the newer version again, then preview the stage again.",
  };
}

/** The stored plan is what was approved, to the byte, or it does not run. */
function requireFrozenPlan(row: JobRow): StagePlan {
  const plan = stagePlanSchema.parse(row.plan);
  const { id: jobId, nonce, expiresAt } = row;
  const isIntact =
    contentDigest(plan) === row.contentDigest &&
    requestDigest(plan, { jobId, nonce, expiresAt }) === row.digest &&
    plan.tenant.id === row.tenantId &&
    plan.stage.key === row.stageKey;
  if (isIntact) return plan;
  throw new RunEnded({
    state: "refused",
    says: "The stored plan does not have the digest that was approved. Nothing was sent.",
    advice: "Somebody changed a stored row. Tell an administrator; then preview and ask again.",
  });
}

/** Concrete outputs of the plan, and what calls of an earlier life of this run captured. */
function plannedOutputs(plan: StagePlan, progress: Progress): Map<string, Record<string, string>> {
  return new Map(
    plan.steps.map((step) => {
      const concrete = Object.entries(step.outputs).flatMap(([name, value]) => {
        const text = asOutput(value);
        return text === null || text.includes("{{") ? [] : [[name, text] as const];
      });
      const captured = progress.captured.get(step.id) ?? {};
      const known = isShellOperation(step.operation) ? shownTexts(captured) : captured;
      return [step.id, { ...Object.fromEntries(concrete), ...known }];
    }),
  );
}

/** What a block's journal entry captured is written as JSON. */
function shownTexts(captured: Record<string, string>): Record<string, string> {
  const texts = Object.entries(captured).flatMap(([name, json]) => {
    const text = asOutput(shownValue(json));
    return text === null ? [] : [[name, text] as const];
  });
  return Object.fromEntries(texts);
}

/** A scalar as the text that fills a reference; null for lists and objects, which none may name. */
export function asOutput(value: Json | undefined): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

async function listReadBacks(parts: RunnerParts, jobId: string): Promise<Map<string, Json>> {
  const rows = await parts.db
    .select({ stepId: evidence.stepId, values: evidence.values })
    .from(evidence)
    .where(eq(evidence.jobId, jobId))
    .orderBy(evidence.at);
  return new Map(rows.map(({ stepId, values }) => [stepId, values]));
}

async function lastOutputSeq(parts: RunnerParts, jobId: string): Promise<number> {
  const [row] = await parts.db
    .select({ last: sql<number>`coalesce(max(${outputLine.seq}), 0)::int` })
    .from(outputLine)
    .where(eq(outputLine.jobId, jobId));
  return row?.last ?? 0;
}

function storable(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\u0000", "\\x00");
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((element: Json) => storable(element));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, storable(member)]));
}
