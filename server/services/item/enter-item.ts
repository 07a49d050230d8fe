import { and, eq, isNull } from "drizzle-orm";
import type * as z from "zod";
import type { Tx } from "#db/client.ts";
import { item } from "#db/schema/register.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import type { newItemSchema } from "#server/domain/item/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import type { GateCover } from "#server/domain/register/gate/gate.ts";
import type { ItemKind } from "#server/domain/register/handoff/item.ts";
import { newItemRecord, strayPart } from "#server/domain/register/handoff/new-item.ts";
import { readPlain } from "#server/domain/register/read.ts";
import { lockSeries } from "../number/known.ts";
import { takeNext } from "../number/take.ts";
import { lockRegister } from "../register/begin.ts";
import { type DocumentRow, findNewest } from "../register/document.ts";
import { enterRecord } from "./enter-record.ts";

type NewItem = z.output<typeof newItemSchema>;

/** The register of open items, and the numbers of this kind, held until the transaction ends. */
export async function lockItems(
  tx: Tx,
  { documentId, kind }: { documentId: string | null; kind: ItemKind },
): Promise<DocumentRow | null> {
  const row = await lockRegister(tx, { kind: "handoff", documentId });
  if (SERIES[kind] === "own") await lockSeries(tx, kind);
  return row;
}

/** Enters an open item under the next free number of its kind. The register must come from `lockItems`. */
export async function enterItem(
  tx: Tx,
  given: NewItem,
  to: {
    document: DocumentRow;
    ownerId: string | null;
    dueOn: string | null;
    /** What it is about, where that is a place of a runbook. */
    target?: GateCover;
    person: Pick<PersonActor, "personId" | "name">;
    at: Date;
  },
): Promise<{ itemId: string; code: string }> {
  const { document, person, at, ...belongs } = to;
  const stray = strayPart(given);
  if (stray !== null) {
    throw new DomainError(
      "invalid",
      `An item of the kind ${given.kind} has no such part. Nothing was entered.`,
      {
        reason: "stray_part",
        field: `item.${stray}`,
      },
    );
  }
  const section = await sectionOf(tx, document, given.kind);
  const code = await nextCode(tx, document.id, { kind: given.kind, title: given.title, person, at });
  const record = newItemRecord(given, code);
  if (record === null) {
    throw new DomainError(
      "invalid",
      "An item in these words could not be read back from its document: a line in it looks like the beginning of another part or of another item. Nothing was entered; write it in another way.",
      { reason: "not_writable" },
    );
  }
  await refuseKnown(tx, document.id, record.key);
  const itemId = await enterRecord(
    tx,
    { ...record, section },
    { documentId: document.id, ...belongs, personId: person.personId, at },
  );
  return { itemId, code };
}

/** The section of the document that items of this kind stand in. */
async function sectionOf(tx: Tx, document: DocumentRow, kind: ItemKind): Promise<number> {
  const newest = await findNewest(tx, document.id);
  const { content } = readPlain(newest?.text ?? "", document.path);
  const sections = content.kind === "handoff" ? content.handoff.sections : [];
  const section = sections.findIndex((one) => one.kind === kind);
  if (section >= 0) return section;
  throw new DomainError(
    "invalid",
    `${document.path} has no section for items of the kind ${kind}. Nothing was entered; choose another register, or import a version that has one.`,
    { reason: "no_section", field: "documentId" },
  );
}

/** Kinds that are numbered over all registers; the others count within theirs, for a D is a decision elsewhere. */
const SERIES: Record<ItemKind, "own" | "document"> = {
  H: "own",
  V: "own",
  R: "own",
  C: "own",
  D: "document",
  deferred: "document",
};

async function nextCode(
  tx: Tx,
  documentId: string,
  {
    kind,
    title,
    person,
    at,
  }: { kind: ItemKind; title: string; person: Pick<PersonActor, "personId" | "name">; at: Date },
): Promise<string> {
  if (SERIES[kind] === "own") {
    const asked = { series: kind, state: "assigned" as const, purpose: title, number: null, count: 1 };
    const [code] = await takeNext(tx, { person, asked, at });
    assert(code, "a number that was taken has a name");
    return code;
  }
  const rows = await tx
    .select({ code: item.code })
    .from(item)
    .where(and(eq(item.documentId, documentId), eq(item.kind, kind)));
  const numbers = rows.map(({ code }) => Number(/-([0-9]{1,6})[a-z]?$/.exec(code)?.[1] ?? 0));
  return `${kind}-${numbers.reduce((so, one) => Math.max(so, one), 0) + 1}`;
}

/** A deferred item is known by its words: the same twice would be one. */
async function refuseKnown(tx: Tx, documentId: string, key: string): Promise<void> {
  const [known] = await tx
    .select({ code: item.code })
    .from(item)
    .where(and(eq(item.documentId, documentId), eq(item.documentKey, key), isNull(item.removedAt)));
  if (!known) return;
  throw new DomainError("conflict", `The register has it already, as ${known.code}. Nothing was entered.`, {
    reason: "exists",
    field: "item.title",
  });
}
