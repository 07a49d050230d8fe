import type { HoldingItem, Separation } from "#server/domain/policy/decide.ts";
import { may } from "../may.ts";
import type { Ctx } from "../verb.ts";
import type { JobRow } from "./rows.ts";

/** Every button of the job and approval pages: whether it works for this person now, and if not, why. */
export function jobMay(
  ctx: Ctx,
  row: JobRow,
  {
    resolutions,
    approver,
    heldBy,
  }: {
    resolutions: readonly { personId: string }[];
    approver: Separation;
    heldBy: readonly HoldingItem[];
  },
) {
  const separation: Separation = { requestedBy: row.requestedBy, heldBy };
  const waiting = row.state === "awaiting_approval" ? null : "This request is not waiting for a decision.";
  const notStarted = ["awaiting_approval", "awaiting_signature", "approved"].includes(row.state)
    ? null
    : "This job has started or is over.";
  return {
    recheck: may(ctx, "job.recheck", { unless: notStarted }),
    approve: may(ctx, "job.approve", { separation: { ...approver, heldBy }, unless: waiting }),
    sign: may(ctx, "job.sign", {
      separation,
      unless: row.state === "awaiting_signature" ? null : "This job is not waiting for a signature.",
    }),
    reject: may(ctx, "job.reject", { separation, unless: waiting }),
    withdraw: may(ctx, "job.withdraw", { separation, unless: notStarted }),
    start: may(ctx, "job.start", {
      separation,
      unless: row.state === "approved" ? null : "This job is not approved and waiting to be started.",
    }),
    useStanding: may(ctx, "job.use_standing", { separation, unless: waiting }),
    cancel: may(ctx, "job.cancel", {
      unless: cancelObstacle(row),
    }),
    resolve: may(ctx, "job.resolve", {
      separation: { seatedBy: resolutions.map(({ personId }) => personId) },
      unless:
        row.state === "outcome_unknown" && row.resolvedAt === null
          ? null
          : "There is no unknown outcome to settle here.",
    }),
  };
}

function cancelObstacle(row: JobRow): string | null {
  if (row.cancelRequestedAt !== null)
    return "It was asked to stop already. It stops after the call it is in.";
  return row.state === "queued" || row.state === "running"
    ? null
    : "Only a queued or running job can be cancelled.";
}
