import type { AuditRecord } from "../audit/event.ts";
import { checkEnvelope } from "../decision/check.ts";
import { EXECUTE } from "../decision/job-question.ts";
import type { JobRecord } from "./bundle.ts";

type AuditEvent = AuditRecord["event"];
type Decided = JobRecord["decisions"][number];

/** What the audit calls the act that followed a decision about this action. */
const auditedAs = (action: string) => (action === EXECUTE ? "job.started" : action);

/**
 * Why the decisions on record do not let the job be what it is, or null. Each is an answer to its own question, about
 * this job and this digest, and is named by the audit entry of the act; what ran was allowed, last of all right before
 * it began.
 */
export function decisionsProblem(job: JobRecord, events: readonly AuditEvent[]): string | null {
  for (const decided of job.decisions) {
    const problem = problemOf(decided, job, events);
    if (problem !== null) return problem;
  }
  if (job.startedAt === null) return null;
  const asker = `person:${job.requester.id}`;
  const hasAsked = ["job.request", "job.run_read"].some((action) => isDecided(job, action, asker));
  if (!hasAsked) return "no decision on record let it be asked for.";
  const undecided = job.approvals.find(
    ({ decision, person }) => decision === "approve" && !isDecided(job, "job.approve", `person:${person.id}`),
  );
  if (undecided) return `no decision on record let ${undecided.person.name} approve it.`;
  if (job.emergency !== null && !isDecided(job, "job.break_glass", `person:${job.emergency.person.id}`)) {
    return "no decision on record let it go in an emergency.";
  }
  if (job.standing !== null && !isDecided(job, "job.use_standing", asker)) {
    return "no decision on record let it go on under a standing approval.";
  }
  return isDecided(job, EXECUTE, asker) ? null : "it ran without a decision on record.";
}

function problemOf(decided: Decided, job: JobRecord, events: readonly AuditEvent[]): string | null {
  const { question, envelope, at } = decided;
  const which = `the decision ${envelope.id} about ${question.action}`;
  const checked = checkEnvelope(envelope, question);
  if (checked.kind === "unfit") return `${which} does not stand: ${checked.says}`;
  if (question.resource.id !== `job:${job.id}`) return `${which} is about another job.`;
  if (question.context["digest"] !== job.digest) return `${which} is about another digest.`;
  if (envelope.provenance.decision_time !== at) return `${which} was written down at another time.`;
  // A job that did not start may hold the decision that stopped it, and no other one that denies.
  const mayDeny = question.action === EXECUTE && job.startedAt === null;
  if (envelope.effect !== "allow" && !mayDeny) return `${which} does not allow it.`;
  const isCited = events.some(
    ({ action, details }) => action === auditedAs(question.action) && details["decision"] === envelope.id,
  );
  return isCited ? null : `${which} is cited by no audit entry.`;
}

function isDecided(job: JobRecord, action: string, subject: string): boolean {
  return job.decisions.some(
    ({ question, envelope }) =>
      question.action === action && question.subject.id === subject && envelope.effect === "allow",
  );
}
