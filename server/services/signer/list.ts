import { and, asc, desc, eq, inArray, isNull } from "drizzle-orm";
import * as z from "zod";
import { person } from "#db/schema/person.ts";
import { proposal } from "#db/schema/proposal.ts";
import { signer } from "#db/schema/signing.ts";
import { isInWindow } from "#server/domain/sshsig/window.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";

const SIGNERS_LIMIT = 200;
const KINDS = ["signer.enrol", "signer.revoke", "signer.rotate"] as const;

/** Every key that was ever enrolled, the live ones first, and what waits for a second person. */
export const listSignerPage = query({
  action: "signer.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const now = ctx.clock();
    const [rows, people, waiting] = await Promise.all([
      ctx.db
        .select({ signer, owner: person.name, ownerDisabledAt: person.disabledAt })
        .from(signer)
        .innerJoin(person, eq(person.id, signer.personId))
        .orderBy(desc(isNull(signer.revokedAt)), asc(signer.enrolledAt))
        .limit(SIGNERS_LIMIT),
      ctx.db
        .select({ id: person.id, name: person.name })
        .from(person)
        .where(isNull(person.disabledAt))
        .orderBy(asc(person.name))
        .limit(SIGNERS_LIMIT),
      ctx.db
        .select({
          id: proposal.id,
          number: proposal.number,
          rendering: proposal.rendering,
          at: proposal.requestedAt,
        })
        .from(proposal)
        .where(and(inArray(proposal.kind, [...KINDS]), eq(proposal.state, "awaiting")))
        .orderBy(desc(proposal.number))
        .limit(SIGNERS_LIMIT),
    ]);
    return {
      namespace: ctx.signatureNamespace ?? DEFAULT_NAMESPACE,
      signers: rows.map(({ signer: row, owner, ownerDisabledAt }) => ({
        ...row,
        owner,
        state: stateOf({ ...row, ownerDisabledAt }, now),
      })),
      people,
      waiting: waiting.map(({ rendering, ...row }) => ({ ...row, title: rendering.title })),
      may: { propose: may(ctx, "signer.propose"), repin: may(ctx, "signer.repin") },
    };
  },
});

type SignerState = "valid" | "revoked" | "not_yet" | "over" | "owner_out";

function stateOf(
  row: {
    revokedAt: Date | null;
    validAfter: Date | null;
    validBefore: Date | null;
    ownerDisabledAt: Date | null;
  },
  now: Date,
): SignerState {
  if (row.revokedAt !== null) return "revoked";
  if (row.ownerDisabledAt !== null) return "owner_out";
  if (isInWindow(row, now)) return "valid";
  return row.validAfter !== null && now < row.validAfter ? "not_yet" : "over";
}
