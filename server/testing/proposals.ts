import { eq } from "drizzle-orm";
import { proposal } from "#db/schema/proposal.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { proposeLift } from "#server/services/freeze/propose-lift.ts";
import { findFreeze } from "#server/services/freeze/rows.ts";
import { setFreeze } from "#server/services/freeze/set.ts";
import { approveProposal } from "#server/services/proposal/decide.ts";
import type { JobWorld } from "./jobs.ts";

/** What the page of a proposal sends with a decision. */
export async function answerTo(world: JobWorld, proposalId: string) {
  const [row] = await world.db.select().from(proposal).where(eq(proposal.id, proposalId));
  if (!row) throw new Error("There is no such proposal.");
  return { proposalId, digest: row.digest, reason: "Checked" };
}

/** A waiting proposal to lift a freeze, which is set when there is none. */
export async function waitingProposal(world: JobWorld, by: PersonActor): Promise<string> {
  const freezeId = (await findFreeze(world.db))?.id ?? (await freezeNow(world, by));
  const content = { freezeId };
  return (await proposeLift(world.ctx(by), { content, reason: "It was a false alarm" })).proposalId;
}

export async function freezeNow(world: JobWorld, by: PersonActor): Promise<string> {
  return (await setFreeze(world.ctx(by), { reason: "Something is odd" })).freezeId;
}

/** Lifts a freeze, if there is one, as the two people whom it takes. */
export async function unfreeze(world: JobWorld, asks: PersonActor, decides: PersonActor): Promise<void> {
  if ((await findFreeze(world.db)) === null) return;
  const proposalId = await waitingProposal(world, asks);
  await approveProposal(world.ctx(decides), await answerTo(world, proposalId));
}
