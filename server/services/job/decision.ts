import type { Tx } from "#db/client.ts";
import { actionPolicy, jobQuestion } from "#server/domain/decision/job-question.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import type { Action } from "#server/domain/policy/actions.ts";
import type { PersonActor, Separation } from "#server/domain/policy/decide.ts";
import { requireDecision } from "../decision/take.ts";
import { readApproverFacts } from "./approver-facts.ts";
import type { JobRow } from "./rows.ts";

/**
 * The decision that lets a person take a job one step on, written down before that step. Answers its id, for the audit.
 * Throws `forbidden` when it does not allow, cannot be read or cannot be written.
 */
export async function requireJobDecision(
  tx: Tx,
  of: {
    person: PersonActor;
    action: Action;
    row: JobRow;
    separation?: Separation;
    at: Date;
    context?: { readonly [key: string]: Json };
  },
): Promise<string> {
  const { person, action, row, separation = {}, at, context = {} } = of;
  const { requirement, rulesVersion } = await readApproverFacts(tx, row);
  return requireDecision(tx, {
    question: jobQuestion({ personId: person.personId, action, job: row, context }),
    policy: actionPolicy({ actor: person, action, separation, requirement, rulesVersion }),
    job: row,
    at,
  });
}
