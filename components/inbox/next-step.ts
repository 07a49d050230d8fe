import type { JobState } from "#server/domain/job/states.ts";

type Mine = { id: string; tenantId: string; stageKey: string; state: JobState };
type NextStep = { action: string; href: string };

/** What the requester of a job does next, and where. */
export function nextStep({ id, tenantId, stageKey, state }: Mine): NextStep {
  const job = `/jobs/${id}`;
  const stage = `/tenants/${tenantId}/stages/${encodeURIComponent(stageKey)}`;
  switch (state) {
    case "approved":
      return { action: "Start", href: job };
    case "queued":
    case "running":
    case "awaiting_person":
      return { action: "Watch", href: job };
    case "succeeded":
      return { action: "Go on", href: `/tenants/${tenantId}` };
    case "failed":
      return { action: "See what failed", href: job };
    case "refused":
      return { action: "See what changed", href: job };
    case "cancelled":
      return { action: "See what is left", href: job };
    case "outcome_unknown":
      return { action: "Settle it", href: job };
    case "rejected":
      return { action: "See why", href: job };
    case "withdrawn":
    case "expired":
      return { action: "Preview again", href: stage };
    case "awaiting_approval":
    case "awaiting_signature":
      return { action: "See the request", href: `/approvals/${id}` };
  }
}
