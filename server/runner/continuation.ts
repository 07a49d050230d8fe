import { and, asc, desc, eq, isNotNull } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { jobChoice } from "#db/schema/job-choice.ts";
import { evidence, job, journalEntry } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { jsonSchema, stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { RunbookBlock, RunbookStep } from "#server/domain/runbook/runbook.ts";
import {
  isShellOperation,
  type PlannedShell,
  plannedShellSchema,
  SHELL_VERSION,
} from "#server/domain/shell/schema.ts";

/** A job of the stage whose failed step a person has looked at, and how the stage goes on from there. */
export interface Continuation {
  jobId: string;
  number: number;
  stageHash: string;
  choice: "retry" | "skip";
  stepId: string;
  reason: string;
  by: string;
  /** Steps that came to their end in it. */
  done: ReadonlyMap<string, PlannedStep>;
}

/** Where the stage goes on from: its newest job that ended, when a person chose so about it. Null otherwise. */
export async function findContinuation(
  db: Db,
  of: { tenantId: string; stageKey: string },
): Promise<Continuation | null> {
  const [row] = await db
    .select({ job, choice: jobChoice, by: person.name })
    .from(job)
    .leftJoin(jobChoice, eq(jobChoice.jobId, job.id))
    .leftJoin(person, eq(person.id, jobChoice.personId))
    .where(
      and(
        eq(job.tenantId, of.tenantId),
        eq(job.stageKey, of.stageKey),
        isNotNull(job.startedAt),
        isNotNull(job.finishedAt),
      ),
    )
    .orderBy(desc(job.number))
    .limit(1);
  if (!row?.choice || row.job.state !== "failed") return null;
  const { choice, stepId, reason } = row.choice;
  if (choice === "stop") return null;
  const finished = await db
    .select({ stepId: journalEntry.stepId })
    .from(journalEntry)
    .where(and(eq(journalEntry.jobId, row.job.id), eq(journalEntry.kind, "step_finished")));
  const ids = new Set(finished.map((one) => one.stepId));
  const done = stagePlanSchema.parse(row.job.plan).steps.filter(({ id }) => ids.has(id));
  return {
    jobId: row.job.id,
    number: row.job.number,
    stageHash: row.job.stageHash,
    choice,
    stepId,
    reason,
    by: row.by ?? "",
    done: new Map(done.map((step) => [step.id, step])),
  };
}

/** A step that a person chose to leave out: nothing of it is done, and the stage is not proven by what is. */
export function skippedStep(
  { number, reason, by }: Continuation,
  { block, step, version }: { block: RunbookBlock; step: RunbookStep; version: number | undefined },
): PlannedStep {
  return {
    id: step.id,
    blockId: block.id,
    operation: step.operation,
    operationVersion: version ?? SHELL_VERSION,
    identity: block.as,
    effect: "read",
    disposition: "skipped",
    parameters: jsonSchema.parse(step.with),
    calls: [],
    outputs: {},
    generates: [],
    preconditions: [{ says: `It failed in job ${number}.`, observed: { job: number, reason } }],
    save: {},
    expect: [],
    words: {
      title: step.title,
      says: `Skipped: ${by} chose so after it had failed in job ${number}: ${reason}. The stage is not proven by this run.`,
      reads: [],
      revert: null,
    },
  };
}

/** A RUN that came to its end in the job that is gone on from, exactly as it would run now: it is not run again. */
export function carriedShell(
  from: Continuation | null,
  { stepId, stageHash, shell }: { stepId: string; stageHash: string; shell: PlannedShell },
): PlannedShell | null {
  const earlier = from?.done.get(stepId);
  if (from === null || from.stageHash !== stageHash) return null;
  if (earlier === undefined || !isShellOperation(earlier.operation)) return null;
  const { carriedFrom: _before, byHand: wasByHand, ...was } = plannedShellSchema.parse(earlier.parameters);
  const { byHand: _wanted, ...now } = shell;
  if (canonicalJson(jsonSchema.parse(was)) !== canonicalJson(jsonSchema.parse(now))) return null;
  // It stays what it was: what was pasted is no run of ours because a later job takes it over.
  const mark = wasByHand === undefined ? {} : { byHand: wasByHand };
  return { ...now, ...mark, carriedFrom: { jobId: from.jobId, number: from.number } };
}

/** What that RUN showed. Throws where there is nothing on record. */
export async function carriedValues(
  db: Db,
  of: { jobId: string; stepId: string },
): Promise<Record<string, Json>> {
  const rows = await db
    .select({ values: evidence.values })
    .from(evidence)
    .where(and(eq(evidence.jobId, of.jobId), eq(evidence.stepId, of.stepId)))
    .orderBy(asc(evidence.at));
  const [last] = rows.slice(-1);
  if (last === undefined) throw new Error("A step that came to its end has evidence.");
  return last.values;
}
