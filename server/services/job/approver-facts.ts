import { and, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { approval } from "#db/schema/job.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import type { Separation } from "#server/domain/policy/decide.ts";
import { lostRight } from "#server/domain/policy/right-now.ts";
import { approverSeparation, requirementNow } from "#server/domain/rule/job-rules.ts";
import type { Requirement } from "#server/domain/rule/requirement.ts";
import { listPeopleNow } from "../person/people-now.ts";
import { findRules } from "../rules/current.ts";
import { stageAuthors } from "#server/domain/runbook/authors.ts";
import type { JobRow } from "./rows.ts";

export interface ApproverFacts {
  /** What the job needs now; null when no rule says it, and then nobody may decide it. */
  requirement: Requirement | null;
  /** Version of the rules in force; 0 when none can be read. */
  rulesVersion: number;
  /** People whom the rules in force name for emergencies. */
  emergencyPeople: readonly string[];
  /** Who may not approve it. */
  separation: Separation;
}

type Of = Pick<JobRow, "requestedBy" | "rules" | "runbookVersionId" | "stageKey">;

export async function readApproverFacts(db: Db | Tx, row: Of): Promise<ApproverFacts> {
  const [inForce, [version]] = await Promise.all([
    findRules(db),
    db
      .select({ authoredBy: runbookVersion.authoredBy, authors: runbookVersion.authors })
      .from(runbookVersion)
      .where(eq(runbookVersion.id, row.runbookVersionId)),
  ]);
  const requirement = requirementNow(row.rules, inForce);
  const authoredBy = version === undefined ? [] : stageAuthors(version, row.stageKey);
  const rulesVersion = inForce?.version ?? 0;
  const emergencyPeople = inForce?.set.breakGlass ?? [];
  return {
    requirement,
    rulesVersion,
    emergencyPeople,
    separation: approverSeparation({ ...row, authoredBy, requirement }),
  };
}

/** People who approved exactly this plan. */
export function listApprovers(db: Db | Tx, row: Pick<JobRow, "id" | "digest">) {
  return db
    .select({ personId: approval.personId })
    .from(approval)
    .where(
      and(eq(approval.jobId, row.id), eq(approval.digest, row.digest), eq(approval.decision, "approve")),
    );
}

/** How many distinct people have approved this plan and could still do so; the rest no longer counts. */
export async function countStandingApprovals(
  tx: Tx,
  row: Pick<JobRow, "id" | "digest">,
  separation: Separation,
): Promise<number> {
  const ids = [...new Set((await listApprovers(tx, row)).map(({ personId }) => personId))];
  if (ids.length === 0) return 0;
  const people = await listPeopleNow(tx, ids);
  return [...people.values()].filter((one) => lostRight(one, "job.approve", separation) === null).length;
}
