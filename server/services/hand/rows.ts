import { and, asc, desc, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { handRecord } from "#db/schema/hand.ts";
import { journalEntry } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import {
  type Assignee,
  ASSIGNEE_WORDS,
  isManualOperation,
  type Manual,
  manualSchema,
} from "#server/domain/hand/schema.ts";
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
  const step = plan.steps.find(({ id, operation }) => id === halted?.stepId && isManualOperation(operation));
  if (step === undefined) return null;
  const manual = manualSchema.parse(step.parameters);
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

/** What people said of the steps by hand of jobs, oldest first; `kept` is null until a runner has masked it. */
export async function listSaid(db: Db | Tx, jobIds: readonly string[]) {
  if (jobIds.length === 0) return [];
  return db
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
}
