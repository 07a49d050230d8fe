import { emergencySeparation } from "#server/domain/break-glass/decide.ts";
import type { HoldingItem, Separation } from "#server/domain/policy/decide.ts";
import type { findBreakGlass } from "../break-glass/rows.ts";
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
    emergency,
    emergencyPeople,
  }: {
    resolutions: readonly { personId: string }[];
    approver: Separation;
    heldBy: readonly HoldingItem[];
    emergency: Awaited<ReturnType<typeof findBreakGlass>>;
    emergencyPeople: readonly string[];
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
    breakGlass: may(ctx, "job.break_glass", {
      separation: { ...emergencySeparation(approver), heldBy },
      unless: waiting ?? listedObstacle(ctx, emergencyPeople),
    }),
    review: may(ctx, "break_glass.review", {
      separation: {
        involved: emergency === null ? [] : [emergency.person.id, emergency.requestedBy],
        seatedBy: emergency?.reviews.map(({ person }) => person.id) ?? [],
      },
      unless: emergency === null ? "No emergency let this job go." : null,
    }),
    cancel: may(ctx, "job.cancel", {
      unless: cancelObstacle(row),
    }),
    choose: may(ctx, "job.choose"),
    resolve: may(ctx, "job.resolve", {
      separation: { seatedBy: resolutions.map(({ personId }) => personId) },
      unless:
        row.state === "outcome_unknown" && row.resolvedAt === null
          ? null
          : "There is no unknown outcome to settle here.",
    }),
  };
}

function listedObstacle({ actor }: Ctx, people: readonly string[]): string | null {
  return actor.kind === "person" && people.includes(actor.personId)
    ? null
    : "The approval rules do not name you for emergencies.";
}

function cancelObstacle(row: JobRow): string | null {
  if (row.cancelRequestedAt !== null)
    return "It was asked to stop already. It stops after the call it is in.";
  return row.state === "queued" || row.state === "running" || row.state === "awaiting_person"
    ? null
    : "Only a queued or running job can be cancelled.";
}
