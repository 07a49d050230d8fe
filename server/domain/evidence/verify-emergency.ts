import type { AuditRecord } from "../audit/event.ts";
import type { JobRecord } from "./bundle.ts";

/** Why the emergency on record does not let the job have gone without its approval, or null. */
export function emergencyProblem(job: JobRecord, events: readonly AuditRecord["event"][]): string | null {
  const { emergency } = job;
  if (emergency === null) return null;
  const { person, digest, requestedBy, reason, reviews } = emergency;
  if (digest !== job.digest) return "the emergency is about another digest.";
  if (requestedBy !== job.requester.id) return "the emergency names another requester.";
  const entry = events.find(
    ({ action, outcome, actor }) =>
      action === "job.break_glass" && outcome === "done" && actor.id === person.id,
  );
  if (entry === undefined) return "the emergency has no audit entry.";
  if (entry.details["digest"] !== digest || entry.details["reason"] !== reason) {
    return "the audit entry about the emergency says something else.";
  }
  const involved = new Set([person.id, requestedBy]);
  for (const review of reviews) {
    const whose = `the review of ${review.person.name}`;
    if (involved.has(review.person.id)) return `${whose} is one of the people of the emergency.`;
    const found = events.find(
      ({ action, outcome, actor, details }) =>
        action === "break_glass.review" &&
        outcome === "done" &&
        actor.id === review.person.id &&
        details["note"] === review.note,
    );
    if (found === undefined) return `${whose} has no audit entry.`;
  }
  return job.startedAt !== null && job.signatures.length === 0
    ? "an emergency let it go, and it ran without a signature."
    : null;
}
