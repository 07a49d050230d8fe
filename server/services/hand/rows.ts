import { and, asc, desc, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { handRecord } from "#db/schema/hand.ts";
import { journalEntry } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { handOf, pastedShell } from "#server/domain/hand/paste.ts";
import { type Assignee, ASSIGNEE_WORDS, type Kept, type Manual } from "#server/domain/hand/schema.ts";
import type { PlannedShell } from "#server/domain/shell/schema.ts";
import { ROLES } from "#server/domain/person/states.ts";
import type { PlannedStep, StagePlan } from "#server/domain/plan/plan.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { Separation } from "#server/domain/policy/decide.ts";
import { listApprovers } from "../job/approver-facts.ts";
import type { JobRow } from "../job/rows.ts";

/** The step by hand that a job waits at, and whom it is for. */
export interface WaitingStep {
  step: PlannedStep;
  manual: Manual;
  /** Of a block that a person runs: what is pasted into a shell of its host. */
  shell: PlannedShell | null;
  separation: Separation & { assignedTo: object; differsFrom: readonly string[] };
}

type Of = Pick<JobRow, "id" | "state" | "plan" | "digest" | "requestedBy">;

/** Null where the job waits for nobody. */
export async function findWaitingStep(db: Db | Tx, row: Of): Promise<WaitingStep | null> {
  if (row.state !== "awaiting_person") return null;
  const [halted] = await db
    .select({ stepId: journalEntry.stepId })
    .from(journalEntry)
    .where(and(eq(journalEntry.jobId, row.id), eq(journalEntry.kind, "halted")))
    .orderBy(desc(journalEntry.seq))
    .limit(1);
  const plan: StagePlan = stagePlanSchema.parse(row.plan);
  const step = plan.steps.find(({ id }) => id === halted?.stepId);
  const manual = step === undefined ? null : handOf(step);
  if (step === undefined || manual === null) return null;
  const approvers = (await listApprovers(db, row)).map(({ personId }) => personId);
  const said = await db
    .select({ stepId: handRecord.stepId, personId: handRecord.personId })
    .from(handRecord)
    .where(eq(handRecord.jobId, row.id));
  const seats = (name: string): string[] => {
    if (name === "requester") return [row.requestedBy];
    if (name === "approver") return approvers;
    return said.filter(({ stepId }) => stepId === name).map(({ personId }) => personId);
  };
  const { assignee } = manual;
  return {
    step,
    manual,
    shell: pastedShell(step),
    separation: {
      assignedTo: {
        roles: ROLES.filter((role) => role === assignee),
        people: isSeat(assignee) ? seats(assignee) : [],
        says: ASSIGNEE_WORDS[assignee],
      },
      differsFrom: [...new Set(manual.differs.flatMap(seats))],
    },
  };
}

function isSeat(assignee: Assignee): boolean {
  return assignee === "requester" || assignee === "approver";
}

/**
 * What people said of the steps by hand of jobs, oldest first; `kept` is null until a runner has masked it. Of a paste its
 * size: its text is what a job printed, and private like that.
 */
export async function listSaid(db: Db | Tx, jobIds: readonly string[]) {
  if (jobIds.length === 0) return [];
  const rows = await db
    .select({
      jobId: handRecord.jobId,
      stepId: handRecord.stepId,
      result: handRecord.result,
      by: person.name,
      at: handRecord.at,
      kept: handRecord.kept,
    })
    .from(handRecord)
    .innerJoin(person, eq(person.id, handRecord.personId))
    .where(inArray(handRecord.jobId, [...jobIds]))
    .orderBy(asc(handRecord.at));
  return rows.map(({ kept, ...row }) => ({ ...row, kept: kept && shownOf(kept) }));
}

function shownOf({ pasted, ...kept }: Kept) {
  const shown = pasted && { exit: pasted.exit, bytes: Buffer.byteLength(pasted.output) };
  return { ...kept, pasted: shown ?? null };
}
