import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { proposal } from "#db/schema/proposal.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { proposalDigest } from "#server/domain/proposal/digest.ts";
import { PROPOSAL_TTL_MS } from "#server/domain/proposal/limits.ts";
import { verb } from "../verb.ts";
import type { ProposalHandler } from "./handler.ts";

/**
 * The verb that asks for a change of this kind: renders it, freezes content and rendering under a digest, and waits.
 * `input` holds the kind's content and a reason.
 */
export function proposeVerb<S extends z.ZodType<{ content: Json; reason: string }>>(
  handler: ProposalHandler,
  input: S,
) {
  return verb({
    action: handler.actions.propose,
    input,
    ahead: (ctx, { content }) => handler.open(content).ahead(ctx.db),
    load: async (tx, { content }) => {
      const open = handler.open(content);
      return { content: open.content, rendering: await open.describe(tx) };
    },
    object: () => ({ kind: "proposal", id: "new" }),
    run: async (tx, { person, input: { reason }, row, at }) => {
      const id = randomUUID();
      const expiresAt = new Date(at.getTime() + PROPOSAL_TTL_MS);
      const frozen = { id, kind: handler.kind, ...row, requestedBy: person.personId, expiresAt };
      const digest = proposalDigest(frozen);
      const [made] = await tx
        .insert(proposal)
        .values({ ...frozen, digest, reason, requestedAt: at, state: "awaiting" })
        .returning({ number: proposal.number });
      assert(made, "the database numbers a proposal");
      return {
        output: { proposalId: id, number: made.number },
        object: { kind: "proposal", id },
        audit: { kind: handler.kind, number: made.number, digest, content: row.content, reason },
      };
    },
  });
}
