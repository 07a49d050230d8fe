import type { AuditRecord } from "../audit/event.ts";
import { coverProblem } from "../standing/cover.ts";
import type { JobRecord } from "./bundle.ts";

/** Why the standing approval on record does not stand in place of a fresh one, or null. */
export function standingProblem(job: JobRecord, events: readonly AuditRecord["event"][]): string | null {
  const { standing } = job;
  if (standing === null) return null;
  const { content, madeBy, agreedBy, use, at } = standing;
  const which = `standing approval ${standing.number}`;
  if (madeBy.id === agreedBy.id) return `${which} was made by one person alone.`;
  if (use < 1 || use > content.maxUses) return `${which} was used up.`;
  if (Date.parse(at) < Date.parse(content.from) || Date.parse(at) >= Date.parse(content.until)) {
    return `${which} did not hold at that time.`;
  }
  const problem = coverProblem(content, job.plan);
  if (problem !== null) return `${which} does not cover the plan. ${problem}`;
  const entry = events.find(({ action, outcome }) => action === "job.use_standing" && outcome === "done");
  if (entry === undefined) return `the use of ${which} has no audit entry.`;
  if (entry.actor.id !== job.requester.id)
    return `the audit names another person as the one who used ${which}.`;
  const { details } = entry;
  if (details["digest"] !== job.digest || details["standing"] !== standing.id || details["use"] !== use) {
    return `the audit entry about the use of ${which} says something else.`;
  }
  return Array.isArray(details["approvedBy"]) &&
    details["approvedBy"].some((id) => (id === madeBy.id || id === agreedBy.id) && id !== job.requester.id)
    ? null
    : `nobody but the requester stands behind ${which}.`;
}
