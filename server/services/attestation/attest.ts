import { randomUUID } from "node:crypto";
import { blockAttestation } from "#db/schema/check.ts";
import { ATTESTERS_NEEDED } from "#server/domain/check/run.ts";
import { attestSchema } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { lockCheck, requireBlock } from "../check/subject.ts";
import { verb } from "../verb.ts";
import { listAttesters } from "./rows.ts";

/** One person says that exactly the block that the page showed only reads. It takes two for it to count. */
export const attestBlock = verb({
  action: "check.attest",
  input: attestSchema,
  load: (tx, { itemId }) => lockCheck(tx, itemId),
  object: ({ item }) => ({ kind: "item", id: item.id }),
  run: async (tx, { person, input: { digest, reason }, row, at }) => {
    const { block, host } = requireBlock(row, digest);
    const before = await listAttesters(tx, digest);
    if (before.some(({ personId }) => personId === person.personId)) {
      throw new DomainError(
        "conflict",
        "You have attested this block. A second person has to attest it as well.",
        {
          reason: "same_person",
        },
      );
    }
    const id = randomUUID();
    await tx.insert(blockAttestation).values({
      id,
      digest,
      hostId: host.id,
      script: block.script,
      identity: host.identity,
      itemId: row.item.id,
      personId: person.personId,
      reason,
      at,
    });
    const count = before.length + 1;
    return {
      output: { attestationId: id, attesters: count, isEnough: count >= ATTESTERS_NEEDED },
      audit: { attestationId: id, digest, host: host.name, identity: host.identity, reason },
    };
  },
});
