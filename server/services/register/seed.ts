import { createHash, randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { checkResult, item, registerDocument } from "#db/schema/register.ts";
import type { Clock } from "#server/clock.ts";
import { readRegisterText } from "#server/domain/register/read.ts";
import { appendAudit } from "../audit/append.ts";
import { changeItem, type ItemChange, lockItem } from "../item/change-item.ts";
import { takeNext } from "../number/take.ts";
import { importLook } from "./commit.ts";
import { lookAt } from "./look.ts";

/** A document of the example and the path under which the console has it. Days in it are `{{-12}}`, counted from today. */
export interface ExampleDocument {
  path: string;
  text: string;
}

const DAY_MS = 86_400_000;

/**
 * Brings an example into empty registers, as the demonstration people would have: documents, owners, dates, numbers and
 * a check that has gone stale. In registers that have anything it does nothing and answers false.
 */
export async function seedRegisters(
  db: Db,
  clock: Clock,
  documents: readonly ExampleDocument[],
): Promise<boolean> {
  return db.transaction(async (tx) => {
    if ((await tx.$count(registerDocument)) > 0) return false;
    const people = await tx.select({ id: person.id, name: person.name }).from(person);
    const named = (name: string) => people.find((one) => one.name === name);
    const operator = named("Olivia Operator");
    const manager = named("Mara Manager");
    if (operator === undefined || manager === undefined) return false;
    const at = clock();
    for (const { path, text } of documents) {
      const file = readRegisterText(withDays(text, at), path);
      const by = { personId: operator.id, name: operator.name };
      const { looks } = await lookAt(tx, file, { path, personId: operator.id });
      for (const look of looks) await importLook(tx, look, { person: by, at, answers: {} });
    }
    await setOwners(tx, { people, personId: manager.id, at });
    await goStale(tx, { personId: operator.id, at });
    for (const [series, state, purpose] of NUMBERS) {
      const asked = { series, state, purpose, number: null, count: 1 };
      await takeNext(tx, { person: { personId: manager.id, name: manager.name }, asked, at });
    }
    await appendAudit(tx, {
      actor: { kind: "system", name: "supervisor" },
      at,
      action: "register.seed",
      outcome: "done",
      objectKind: "installation",
      objectId: "registers",
      details: { documents: documents.map(({ path }) => path) },
    });
    return true;
  });
}

const NUMBERS = [
  ["D", "reserved", "the decision about tenant alerts"],
  ["DOCFIX", "provisional", "the draft about the carve step"],
] as const;

function withDays(text: string, at: Date): string {
  return text.replaceAll(/\{\{([+-][0-9]{1,4})\}\}/g, (_, days: string) => dayFrom(at, Number(days)));
}

const dayFrom = (at: Date, days: number): string =>
  new Date(at.getTime() + days * DAY_MS).toISOString().slice(0, 10);

/** Who works on what until when; two are late, and the others are nobody's. */
const OWNERS = [
  { code: "H-1", name: "Olivia Operator", days: -3 },
  { code: "H-2", name: "Oscar Operator", days: 9 },
  { code: "V-1", name: "Oscar Operator", days: 4 },
  { code: "R-1", name: "Mara Manager", days: -1 },
  { code: "D-1", name: "Olivia Operator", days: 30 },
] as const;

async function setOwners(
  tx: Tx,
  { people, personId, at }: { people: readonly { id: string; name: string }[]; personId: string; at: Date },
): Promise<void> {
  for (const { code, name, days } of OWNERS) {
    const ownerId = people.find((one) => one.name === name)?.id ?? null;
    await change(tx, code, { act: "edited", set: { ownerId, dueOn: dayFrom(at, days) }, personId, at });
  }
}

/** A check that passed six weeks ago and counted for four. */
async function goStale(tx: Tx, { personId, at }: { personId: string; at: Date }): Promise<void> {
  const then = new Date(at.getTime() - 42 * DAY_MS);
  const until = new Date(at.getTime() - 14 * DAY_MS);
  const itemId = await change(tx, "V-4", {
    act: "checked",
    set: { state: "passed", countsUntil: until },
    personId,
    at: then,
  });
  if (itemId === null) return;
  await tx.insert(checkResult).values({
    id: randomUUID(),
    itemId,
    outcome: "passed",
    observed: createHash("sha256").update("notAfter=Mar  1 00:00:00 2027 GMT\n").digest("hex"),
    reason: "More than 30 days are left.",
    countsUntil: until,
    personId,
    at: then,
  });
  await change(tx, "V-4", { act: "moved", set: { state: "stale" }, personId: null, at: until });
}

/** Changes the one item of this code; answers its id, or null where the example has none. */
async function change(tx: Tx, code: string, how: Omit<ItemChange, "seen">): Promise<string | null> {
  const [row] = await tx
    .select({ id: item.id })
    .from(item)
    .where(and(eq(item.code, code), isNull(item.removedAt)))
    .limit(1);
  if (!row) return null;
  await changeItem(tx, await lockItem(tx, row.id), { ...how, seen: null });
  return row.id;
}
