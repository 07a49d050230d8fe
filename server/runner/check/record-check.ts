import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { checkRun } from "#db/schema/check.ts";
import { type Assertion, judgeOutput } from "#server/domain/check/expectation.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { endRisk, findAcceptedRisk, writeResult } from "#server/services/check/result.ts";
import type { CheckRunRow } from "#server/services/check/run-rows.ts";
import { type ItemRow, lockItem } from "#server/services/item/change-item.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import { inTransaction } from "../transaction.ts";
import type { CheckOutput } from "./check-output.ts";
import type { CheckParts } from "./check-parts.ts";
import type { BlockEnd } from "./check-process.ts";
import { findPattern } from "./find-pattern.ts";

/** How a run ended, written once: with what was expected of it beside what it gave, and where that leaves its item. */
export async function recordCheck(
  parts: CheckParts,
  run: CheckRunRow,
  of: {
    end: Omit<BlockEnd, "hasBegun"> | { ending: "lost"; exitCode: null; says: string; isTruncated: boolean };
    output: CheckOutput;
  },
): Promise<void> {
  const { end, output } = of;
  const { expectations } = run.settings;
  const isJudged = end.ending === "exited" && expectations.length > 0;
  const assertions = isJudged
    ? await judgeOutput(expectations, { exitCode: end.exitCode ?? 0, stdout: output.text() }, findPattern)
    : null;
  await inTransaction(parts.db, async (tx) => {
    const at = parts.now();
    const [finished] = await tx
      .update(checkRun)
      .set({
        state: "finished",
        finishedAt: at,
        ending: end.ending,
        exitCode: end.exitCode,
        says: end.says,
        observed: end.ending === "exited" ? output.digest(end.exitCode ?? 0) : null,
        lines: output.lines,
        isTruncated: end.isTruncated,
        assertions,
      })
      .where(
        and(eq(checkRun.id, run.id), eq(checkRun.state, "running"), eq(checkRun.claimedBy, parts.runnerId)),
      )
      .returning();
    // Given up meanwhile: that is on record.
    if (!finished) return;
    const moved = end.ending === "exited" ? await applyResult(tx, { run: finished, assertions, at }) : null;
    const { id: runId, itemId, hostName, observed, exitCode } = finished;
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "check.finished",
      outcome: end.ending === "exited" ? "done" : "failed",
      objectKind: "item",
      objectId: itemId,
      details: { runId, host: hostName, ending: end.ending, exitCode, observed, result: moved },
    });
  });
}

/** Moves the item where the result says so by itself; answers where it is then, or why it stays. */
async function applyResult(
  tx: Tx,
  { run, assertions, at }: { run: CheckRunRow; assertions: readonly Assertion[] | null; at: Date },
): Promise<string> {
  const item = await findItem(tx, run.itemId);
  if (item === null) return "the item is not in its register any more";
  const risk = await findAcceptedRisk(tx, item);
  const isAsAccepted = risk !== null && risk.observed === run.observed;
  const outcome = assertions === null ? null : assertions.every(({ holds }) => holds) ? "passed" : "failed";
  if (outcome === null || (outcome === "failed" && isAsAccepted)) {
    if (risk === null || isAsAccepted) return item.state;
    await endRisk(tx, { item, run, at });
    return "expired";
  }
  const failed = assertions
    ?.filter(({ holds }) => !holds)
    .map(({ expected, observed }) => `${expected}: ${observed}`);
  const reason =
    outcome === "passed"
      ? "Everything that is expected of it held."
      : `Not as expected: ${(failed ?? []).join("; ").slice(0, 1000)}`;
  const verdict = await writeResult(tx, { item, run, outcome, reason, personId: run.requestedBy, at });
  return verdict.kind === "allowed" ? outcome : verdict.reason;
}

async function findItem(tx: Tx, itemId: string): Promise<ItemRow | null> {
  try {
    return await lockItem(tx, itemId);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
