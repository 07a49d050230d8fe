import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { itemTick, registerDocument } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { gatesOf } from "#server/domain/register/decision/view.ts";
import { partsOfItem } from "#server/domain/register/handoff/view.ts";
import type { Evidence } from "#server/domain/register/lifecycle/move-schema.ts";
import type { RecordContent } from "#server/domain/register/record.ts";

/**
 * What has to be shown before an item closes: its ACCEPT points; of one without any, its own title. Of a decision these
 * are the gates inside of it that its own words do not discharge.
 */
export function pointsToShow(content: RecordContent): string[] {
  switch (content.kind) {
    case "item": {
      const { accept } = partsOfItem(content.item);
      return accept.length === 0 ? [content.item.title] : accept;
    }
    case "decision":
      return gatesOf(content.decision).flatMap(({ text, isDischarged }) => (isDischarged ? [] : [text]));
    case "finding":
      return [content.finding.title];
    case "ledger_row":
    case "change":
    case "running_entry":
    case "session":
      return [];
  }
}

/** Ticks that count: those that nobody took back. */
export function readTicks(db: Db | Tx, itemId: string) {
  return db
    .select({
      id: itemTick.id,
      point: itemTick.point,
      evidenceKind: itemTick.evidenceKind,
      evidenceId: itemTick.evidenceId,
      personId: itemTick.personId,
      by: person.name,
      at: itemTick.at,
    })
    .from(itemTick)
    .innerJoin(person, eq(person.id, itemTick.personId))
    .where(and(eq(itemTick.itemId, itemId), isNull(itemTick.withdrawnAt)))
    .orderBy(asc(itemTick.at));
}

/** Points with what backs them, as the lifecycle asks for them. */
export async function readPoints(db: Db | Tx, row: { id: string; content: RecordContent }) {
  const ticks = new Map((await readTicks(db, row.id)).map((tick) => [tick.point, tick]));
  return pointsToShow(row.content).map((text) => {
    const tick = ticks.get(text) ?? null;
    const evidence = tick === null ? null : { kind: tick.evidenceKind, id: tick.evidenceId };
    return { text, isTicked: tick !== null, evidence, tick };
  });
}

/**
 * Refuses evidence that shows nothing: a job has to exist and to have succeeded, a document has to be one of the
 * registers. An attestation is a person's words, and so must not be those of whom somebody else must differ from.
 */
export async function requireEvidence(
  tx: Tx,
  evidence: Evidence,
  of: { code: string; mustDifferFrom: string | null; personId: string },
): Promise<void> {
  switch (evidence.kind) {
    case "attestation":
      if (of.mustDifferFrom !== of.personId) return;
      throw new DomainError(
        "forbidden",
        `${of.code} must be attested by another person than you. Nothing was changed.`,
        { reason: "same_person" },
      );
    case "document":
      return requireDocument(tx, evidence.id);
    case "job":
      return requireSuccess(tx, evidence.id);
  }
}

async function requireDocument(tx: Tx, path: string): Promise<void> {
  const [known] = await tx
    .select({ id: registerDocument.id })
    .from(registerDocument)
    .where(eq(registerDocument.path, path));
  if (known) return;
  throw new DomainError("invalid", "The registers have no document with this path. Nothing was changed.", {
    reason: "unknown_document",
    field: "evidence.id",
  });
}

const NUMBER = /^[1-9][0-9]{0,8}$/;

/** By its id or its number. */
async function requireSuccess(tx: Tx, named: string): Promise<void> {
  const isId = z.uuid().safeParse(named).success;
  const [row] =
    isId || NUMBER.test(named)
      ? await tx
          .select({ number: job.number, state: job.state })
          .from(job)
          .where(isId ? eq(job.id, named) : inArray(job.number, [Number(named)]))
      : [];
  if (!row) {
    throw new DomainError("invalid", "There is no such job. Nothing was changed.", {
      reason: "unknown_job",
      field: "evidence.id",
    });
  }
  if (row.state === "succeeded") return;
  throw new DomainError(
    "invalid",
    `Job ${row.number} did not succeed, so it shows nothing. Nothing was changed.`,
    { reason: "job_not_succeeded", field: "evidence.id" },
  );
}
