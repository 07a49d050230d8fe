import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { signer } from "#db/schema/signing.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { enrolSignerSchema } from "#server/domain/signed-operation/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { getOwner, type NewKey, readNewKey } from "./key.ts";

/** A new key takes two people: whoever asks and whoever agrees. */
export const signerEnrol = proposalKind({
  kind: "signer.enrol",
  actions: { propose: "signer.propose", decide: "signer.decide" },
  content: enrolSignerSchema,
  describe: async (tx, content) => {
    const key = await readNewKey(tx, content.publicKey);
    const owner = await getOwner(tx, content.personId);
    requireWindow(content);
    return {
      title: `Enrol ${content.role === "recovery" ? "a recovery" : "an operational"} key of ${owner.name}`,
      says:
        content.role === "recovery"
          ? "With it one person's signature may put another key in place when the operational ones are lost. It signs nothing else."
          : "With it this person may sign what destroys, once a second person has approved it.",
      before: ["The key cannot sign anything here."],
      after: [
        `${owner.name} signs with ${key.fingerprint} (${key.keyType}), as ${content.role} key.`,
        windowWords(content),
      ],
    };
  },
  apply: async (tx, content, { proposalId, at }) => {
    const key = await readNewKey(tx, content.publicKey);
    const signerId = randomUUID();
    await tx.insert(signer).values(rowOf(content, { key, signerId, enrolledBy: proposalId, at }));
    return { signerId, fingerprint: key.fingerprint, role: content.role, person: content.personId };
  },
});

type Content = z.output<typeof enrolSignerSchema>;

function rowOf(content: Content, made: { key: NewKey; signerId: string; enrolledBy: string; at: Date }) {
  const { personId, role, validAfter, validBefore } = content;
  return {
    id: made.signerId,
    personId,
    role,
    ...made.key,
    validAfter: validAfter === null ? null : new Date(validAfter),
    validBefore: validBefore === null ? null : new Date(validBefore),
    enrolledAt: made.at,
    enrolledBy: made.enrolledBy,
  };
}

function requireWindow({ validAfter, validBefore }: Content): void {
  if (validAfter === null || validBefore === null || new Date(validAfter) < new Date(validBefore)) return;
  throw new DomainError("invalid", "The key's time ends before it begins.", {
    reason: "window",
    field: "validBefore",
  });
}

function windowWords({ validAfter, validBefore }: Content): string {
  const from = validAfter === null ? "From now" : `From ${validAfter}`;
  return validBefore === null ? `${from}, until it is revoked.` : `${from}, until ${validBefore}.`;
}
