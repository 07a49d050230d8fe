import { and, asc, count, desc, gt, lte } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { auditEntry, installationKey, signedHead } from "#db/schema/audit.ts";
import { EXPORT_HEADS_MAX, headerLine } from "#server/domain/audit/export.ts";
import type { SignedHead } from "#server/domain/audit/head.ts";
import { type AuditFilter, auditFilterSchema, isFiltered } from "#server/domain/audit/schema.ts";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";
import { coveredBy } from "./append.ts";
import { filtered } from "./filtered.ts";
import { askForHead, awaitHead } from "./request-signing.ts";
import { readInclusionProof } from "./tree.ts";

const PAGE = 1000;
/** Each entry of a selection carries its proof: more are exported as the whole log. */
const SELECTION_MAX = 10_000;

/** Writes down that somebody takes the log or a part of it, and asks for the head that the export is proven with. */
export const exportAudit = verb({
  action: "audit.export",
  input: auditFilterSchema,
  load: () => Promise.resolve(null),
  object: () => ({ kind: "log", id: "audit" }),
  run: async (tx, { person, input, at }) => {
    const requestId = await askForHead(tx, { personId: person.personId, at });
    return { output: { requestId, filter: input }, audit: { filter: { ...input } } };
  },
});

/**
 * Lines of the export that was asked for, page by page, each with its line end: everything up to the head, or what the
 * filter selects with a proof each. Throws `unavailable` without a signature, `limit` for too large a selection.
 */
export async function openExport(
  db: Db,
  asked: { requestId: string; filter: AuditFilter },
): Promise<AsyncGenerator<string>> {
  const head = await awaitHead(db, asked.requestId);
  const [key] = await db.select().from(installationKey);
  assert(key, "who signs a head has entered the key");
  if (!isFiltered(asked.filter)) {
    const heads = [...(await listHeadsBelow(db, head)), head];
    const header = headerLine({ kind: "log", publicKey: key.publicKey, count: head.size, heads });
    return lines(db, { header, head, filter: asked.filter, isProven: false });
  }
  const [selected] = await db
    .select({ count: count() })
    .from(auditEntry)
    .where(and(filtered(asked.filter), lte(auditEntry.seq, head.size)));
  const total = selected?.count ?? 0;
  if (total > SELECTION_MAX) {
    throw new DomainError(
      "limit",
      `${total} entries are too many for an export with a proof each; ${SELECTION_MAX} is the most. Narrow the filter, or export the whole log.`,
      { reason: "too_many" },
    );
  }
  const { publicKey } = key;
  const header = headerLine({ kind: "selection", publicKey, count: total, heads: [head] });
  return lines(db, { header, head, filter: asked.filter, isProven: true });
}

async function listHeadsBelow(db: Db, head: SignedHead): Promise<SignedHead[]> {
  const rows = await db
    .select({ head: signedHead.head })
    .from(signedHead)
    .where(lte(signedHead.size, head.size))
    .orderBy(desc(signedHead.size), desc(signedHead.at))
    .limit(EXPORT_HEADS_MAX - 1);
  return rows.map((row) => row.head).toReversed();
}

async function* lines(
  db: Db,
  given: { header: string; head: SignedHead; filter: AuditFilter; isProven: boolean },
): AsyncGenerator<string> {
  const { header, head, filter, isProven } = given;
  yield `${header}\n`;
  for (let last = 0; ;) {
    const rows = await db
      .select()
      .from(auditEntry)
      .where(and(filtered(filter), gt(auditEntry.seq, last), lte(auditEntry.seq, head.size)))
      .orderBy(asc(auditEntry.seq))
      .limit(PAGE);
    const newest = rows.at(-1);
    if (newest === undefined) return;
    last = newest.seq;
    const texts: string[] = [];
    for (const { hash, ...entry } of rows) {
      const record = { event: coveredBy(entry), hash };
      const proof = isProven ? await readInclusionProof(db, { seq: entry.seq, size: head.size }) : null;
      texts.push(`${canonicalJson(proof === null ? record : { ...record, proof })}\n`);
    }
    yield texts.join("");
  }
}
