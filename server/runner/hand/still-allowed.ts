import { findFreeze, holdFreeze } from "#server/services/freeze/rows.ts";
import { findJobHolding, holdGates } from "#server/services/gate/holding.ts";
import { listPeopleNow } from "#server/services/person/people-now.ts";
import { heldDenial } from "#server/domain/policy/decide.ts";
import { lostRight } from "#server/domain/policy/right-now.ts";
import { RunEnded } from "../endings.ts";
import type { Run } from "../run.ts";

/**
 * A run that has waited for a person is asked once more what stops every other start, before it changes anything further:
 * a freeze, an item without a ruling, a requester who may no longer ask. Throws RunEnded.
 */
export async function requireStillAllowed(run: Run): Promise<void> {
  const { job, parts } = run;
  const obstacle = await parts.db.transaction(async (tx) => {
    await holdFreeze(tx);
    await holdGates(tx);
    const people = await listPeopleNow(tx, [job.requestedBy]);
    const [frozen, heldBy] = [await findFreeze(tx), await findJobHolding(tx, job)];
    if (frozen !== null && job.effect !== "read") return `All changes are frozen by ${frozen.setBy}.`;
    const held = heldDenial(heldBy);
    if (held !== null) return held.says;
    const requester = people.get(job.requestedBy);
    const lost = requester && lostRight(requester, job.effect === "read" ? "job.run_read" : "job.request");
    return lost ? `${requester.name} asked for this and ${lost}.` : null;
  });
  if (obstacle === null) return;
  throw new RunEnded({
    state: "failed",
    says: `While this waited for a person, things have changed. ${obstacle} Nothing after the step by hand was sent.`,
    advice: "Have that settled, then preview the stage again and ask for a new approval.",
  });
}
