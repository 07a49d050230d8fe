import { randomUUID } from "node:crypto";
import type { Tx } from "#db/client.ts";
import { desiredState } from "#db/schema/guest.ts";
import { findDoubledMember } from "#server/domain/canonical/doubled-member.ts";
import { canonicalDigest } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { readDesired } from "#server/domain/guest/desired.ts";
import { GuestDocumentError } from "#server/domain/guest/read-document.ts";
import { saveDesiredSchema } from "#server/domain/guest/schema.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { verb } from "../verb.ts";
import { findNewestDesired } from "./desired.ts";
import { listGivenUp } from "./given-up.ts";
import { lockHost } from "./hosts.ts";

/**
 * Saves what the guests of a host are wanted to be, as the next generation. It changes no guest: whatever follows from it
 * is previewed, approved by a second person and, where it can lose data, signed.
 */
export const saveDesired = verb({
  action: "guest.save",
  input: saveDesiredSchema,
  load: (tx, { tenantId }) => lockHost(tx, tenantId),
  object: (row) => ({ kind: "tenant", id: row.id }),
  run: async (tx, { person, input, row, at }) => {
    await requireKept(tx, row);
    const before = (await findNewestDesired(tx, row.id))?.generation ?? 0;
    if (before !== input.seenGeneration) {
      throw new DomainError(
        "conflict",
        `Somebody saved generation ${before} meanwhile. Nothing was saved. Look at it, then save yours over it.`,
        { reason: "stale", field: "seenGeneration" },
      );
    }
    const generation = before + 1;
    const document = checked(input.document, { host: row.name, generation });
    await tx.insert(desiredState).values({
      id: randomUUID(),
      tenantId: row.id,
      generation,
      document,
      savedBy: person.personId,
      reason: input.reason,
      at,
    });
    return {
      output: { generation },
      audit: { host: row.name, generation, digest: canonicalDigest(document), reason: input.reason },
    };
  },
});

async function requireKept(tx: Tx, { id, name }: { id: string; name: string }): Promise<void> {
  if (!(await listGivenUp(tx, [id])).has(id)) return;
  throw new DomainError(
    "conflict",
    `${name} was given up, and nothing is planned on it any more. Nothing was saved.`,
    { reason: "given_up" },
  );
}

/** The document with its host and its generation, which the console gives and nobody else. */
function checked(text: string, given: { host: string; generation: number }) {
  const refuse = (says: string) =>
    new DomainError("invalid", `${says} Nothing was saved.`, { reason: "document", field: "document" });
  const parsed = parse(text, refuse);
  const doubled = findDoubledMember(text);
  if (doubled !== null) throw refuse(`document: an object holds ${doubled.slice(0, 80)} twice.`);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw refuse("document: is an object.");
  const document = { host_id: given.host, ...parsed, generation: given.generation };
  try {
    const { host_id } = readDesired(document);
    if (host_id !== given.host) throw refuse(`host_id: is ${host_id}, and this host is ${given.host}.`);
    return jsonSchema.parse(document);
  } catch (error) {
    if (error instanceof GuestDocumentError) throw refuse(error.message);
    throw error;
  }
}

function parse(text: string, refuse: (says: string) => DomainError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse(`This is no JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`);
  }
}
