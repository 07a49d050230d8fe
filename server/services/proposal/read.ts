import { desc, eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import * as z from "zod";
import { person } from "#db/schema/person.ts";
import { proposal } from "#db/schema/proposal.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { Separation } from "#server/domain/policy/decide.ts";
import { PROPOSALS_LIMIT } from "#server/domain/proposal/limits.ts";
import { proposalIdSchema } from "#server/domain/proposal/schema.ts";
import { PROPOSAL_KINDS } from "#server/domain/proposal/states.ts";
import { may, type May } from "../may.ts";
import { listCandidates } from "../person/candidates.ts";
import { type Ctx, query } from "../verb.ts";
import { handlerOf } from "./handlers.ts";
import { digestNow, type ProposalRow } from "./rows.ts";

/** One proposal with its before and after, what has drifted since, and who may decide it. */
export const readProposal = query({
  action: "proposal.read",
  input: proposalIdSchema,
  run: async (ctx, { proposalId }) => {
    const [found] = await selectProposals(ctx).where(eq(proposal.id, proposalId));
    if (!found) throw new DomainError("not_found", "There is no such proposal.", { reason: "not_found" });
    const { row } = found;
    const { actions } = handlerOf(row.kind);
    const separation = { requestedBy: row.requestedBy };
    const isWaiting = row.state === "awaiting";
    if (isWaiting) await handlerOf(row.kind).open(row.content).ahead(ctx.db);
    const present = isWaiting ? await digestNow(ctx.db, row) : { digest: row.digest, says: null };
    const [generally, ofKind] = await Promise.all([
      listCandidates(ctx.db, { action: "proposal.decide", separation }),
      listCandidates(ctx.db, { action: actions.decide, separation }),
    ]);
    return {
      ...row,
      requester: found.requester,
      decider: found.decider,
      drift:
        present.digest === row.digest ? null : (present.says ?? "What this would change has changed since."),
      considerations: isWaiting ? await considerationsOf(ctx, row) : [],
      candidates: generally.filter(({ id }) => ofKind.some((one) => one.id === id)),
      may: {
        decide: mayDecideProposal(ctx, row),
        withdraw: may(ctx, "proposal.withdraw", { separation, unless: waitingObstacle(row) }),
      },
    };
  },
});

export const listProposals = query({
  action: "proposal.read",
  input: z.strictObject({ kinds: z.array(z.enum(PROPOSAL_KINDS)).max(PROPOSAL_KINDS.length).nullable() }),
  run: async (ctx, { kinds }) => {
    const found = await selectProposals(ctx).orderBy(desc(proposal.number)).limit(PROPOSALS_LIMIT);
    return found
      .filter(({ row }) => kinds === null || kinds.includes(row.kind))
      .map(({ row, requester, decider }) => ({
        id: row.id,
        number: row.number,
        kind: row.kind,
        title: row.rendering.title,
        says: row.rendering.says,
        state: row.state,
        requestedAt: row.requestedAt,
        decidedAt: row.decidedAt,
        requester,
        decider,
      }));
  },
});

/** Proposals that wait for a second person, for the inbox. */
export async function listWaitingProposals(ctx: Ctx) {
  const found = await selectProposals(ctx)
    .where(eq(proposal.state, "awaiting"))
    .orderBy(desc(proposal.number))
    .limit(PROPOSALS_LIMIT);
  return found.map(({ row, requester }) => ({
    id: row.id,
    title: row.rendering.title,
    says: row.rendering.says,
    requestedBy: requester.name,
    reason: row.reason,
    at: row.requestedAt,
    may: mayDecideProposal(ctx, row),
  }));
}

function mayDecideProposal(ctx: Ctx, row: ProposalRow): May {
  const separation: Separation = { requestedBy: row.requestedBy };
  const generally = may(ctx, "proposal.decide", { separation, unless: waitingObstacle(row) });
  return generally.allowed ? may(ctx, handlerOf(row.kind).actions.decide, { separation }) : generally;
}

function waitingObstacle(row: ProposalRow): string | null {
  return row.state === "awaiting" ? null : "This proposal is not waiting for a decision.";
}

async function considerationsOf(ctx: Ctx, row: ProposalRow): Promise<readonly string[]> {
  try {
    return await handlerOf(row.kind).open(row.content).consider(ctx.db, ctx.clock());
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [];
  }
}

function selectProposals(ctx: Ctx) {
  const decider = alias(person, "decider");
  return ctx.db
    .select({
      row: proposal,
      requester: { id: person.id, name: person.name },
      decider: { id: decider.id, name: decider.name },
    })
    .from(proposal)
    .innerJoin(person, eq(person.id, proposal.requestedBy))
    .leftJoin(decider, eq(decider.id, proposal.decidedBy))
    .$dynamic();
}
