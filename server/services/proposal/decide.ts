import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { proposal } from "#db/schema/proposal.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { lostRight } from "#server/domain/policy/right-now.ts";
import { decideProposal, decideWaiting } from "#server/domain/proposal/decide.ts";
import { decideProposalSchema, withdrawProposalSchema } from "#server/domain/proposal/schema.ts";
import type { ProposalState } from "#server/domain/proposal/states.ts";
import { listPeopleNow } from "../person/people-now.ts";
import { verb } from "../verb.ts";
import { handlerOf } from "./handlers.ts";
import { digestNow, lockProposal, proposalObject, type ProposalRow } from "./rows.ts";

/** Approves exactly what is on record, as another person than the one who asked, and applies it in the same transaction. */
export const approveProposal = verb({
  action: "proposal.decide",
  input: decideProposalSchema,
  ahead: async (ctx, { proposalId }) => {
    const [row] = await ctx.db.select().from(proposal).where(eq(proposal.id, proposalId));
    if (row?.state === "awaiting") await handlerOf(row.kind).open(row.content).ahead(ctx.db);
  },
  load: (tx, { proposalId }) => lockProposal(tx, proposalId),
  object: proposalObject,
  separation: ({ requestedBy }) => ({ requestedBy }),
  also: ({ kind }) => handlerOf(kind).actions.decide,
  stepUp: true,
  run: async (tx, { person, input, row, at }) => {
    const handler = handlerOf(row.kind);
    const requester = (await listPeopleNow(tx, [row.requestedBy])).get(row.requestedBy);
    const present = row.state === "awaiting" ? await digestNow(tx, row) : { digest: row.digest, says: null };
    refuseUnless(
      decideProposal(
        {
          ...row,
          digestNow: present.digest,
          requesterStands: requester !== undefined && lostRight(requester, handler.actions.propose) === null,
        },
        input,
        at,
      ),
      present.says,
    );
    await moveProposal(tx, row, {
      state: "applied",
      decidedBy: person.personId,
      decidedAt: at,
      decisionReason: input.reason,
    });
    const applied = await handler.open(row.content).apply(tx, {
      proposalId: row.id,
      requestedBy: row.requestedBy,
      decidedBy: person.personId,
      at,
    });
    return {
      output: { state: "applied" as const },
      audit: { kind: row.kind, digest: row.digest, decision: "approve", reason: input.reason, applied },
    };
  },
});

/** Refuses a proposal, for good: it has to be asked for again. */
export const rejectProposal = verb({
  action: "proposal.decide",
  input: decideProposalSchema,
  load: (tx, { proposalId }) => lockProposal(tx, proposalId),
  object: proposalObject,
  separation: ({ requestedBy }) => ({ requestedBy }),
  also: ({ kind }) => handlerOf(kind).actions.decide,
  run: async (tx, { person, input, row, at }) => {
    refuseUnless(decideWaiting(row, input, at));
    await moveProposal(tx, row, {
      state: "rejected",
      decidedBy: person.personId,
      decidedAt: at,
      decisionReason: input.reason,
    });
    return {
      output: { state: "rejected" as const },
      audit: { kind: row.kind, digest: row.digest, decision: "reject", reason: input.reason },
    };
  },
});

/** Takes back what oneself asked for. */
export const withdrawProposal = verb({
  action: "proposal.withdraw",
  input: withdrawProposalSchema,
  load: (tx, { proposalId }) => lockProposal(tx, proposalId),
  object: proposalObject,
  separation: ({ requestedBy }) => ({ requestedBy }),
  run: async (tx, { input, row, at }) => {
    refuseUnless(decideWaiting(row, row, at));
    await moveProposal(tx, row, { state: "withdrawn", decisionReason: input.reason });
    return { output: { state: "withdrawn" as const }, audit: { kind: row.kind, reason: input.reason } };
  },
});

function refuseUnless(verdict: ReturnType<typeof decideProposal>, because: string | null = null): void {
  if (verdict.kind === "allowed") return;
  const says =
    verdict.reason === "drift" && because !== null ? `${because} Nothing was applied.` : verdict.says;
  throw new DomainError(verdict.reason === "stale" ? "stale" : "conflict", says, { reason: verdict.reason });
}

/** The one setter of a proposal's state; the state it comes from stands in the WHERE. */
export async function moveProposal(
  tx: Tx,
  row: Pick<ProposalRow, "id">,
  change: {
    state: Exclude<ProposalState, "awaiting">;
    decidedBy?: string;
    decidedAt?: Date;
    decisionReason?: string;
  },
): Promise<void> {
  const moved = await tx
    .update(proposal)
    .set(change)
    .where(and(eq(proposal.id, row.id), eq(proposal.state, "awaiting")))
    .returning({ id: proposal.id });
  if (moved.length === 0) {
    throw new DomainError(
      "conflict",
      "Somebody else was quicker: this proposal is decided. Nothing was changed.",
      {
        reason: "not_waiting",
      },
    );
  }
}
