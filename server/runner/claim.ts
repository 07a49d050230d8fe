import { and, eq, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { approval, job } from "#db/schema/job.ts";
import { EXECUTE, jobQuestion } from "#server/domain/decision/job-question.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { takeDecision } from "#server/services/decision/take.ts";
import { findFreeze, holdFreeze } from "#server/services/freeze/rows.ts";
import { findJobHolding, holdGates } from "#server/services/gate/holding.ts";
import { readApproverFacts } from "#server/services/job/approver-facts.ts";
import { moveJob } from "#server/services/job/move.ts";
import { listPeopleNow } from "#server/services/person/people-now.ts";
import { type Authority, type AuthorityFacts, decideStart } from "./authority.ts";
import { readEmergencyNow } from "./emergency-now.ts";
import { appendJournal, nextJournalSeq } from "./journal.ts";
import { type Lease, takeLane } from "./lease.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";
import { JOURNAL_VERSION } from "./progress.ts";
import type { JobRow } from "./run.ts";
import { readSignatureNow } from "./signature-now.ts";
import { askOutside, judgeOutside, type OutsideAnswer, type OutsideVerdict } from "./outside-decision.ts";
import { startPolicy } from "./start-decision.ts";
import { readStandingNow } from "./standing-now.ts";
import { inTransaction } from "./transaction.ts";

export type Claim =
  | { kind: "claimed"; held: Lease }
  | { kind: "refused" }
  | { kind: "taken" }
  /** Changes were frozen in this very moment: it stays queued. */
  | { kind: "held" };

/**
 * Takes the job that has waited longest in a free lane, in one transaction: state, lease, spent approval, journal and
 * audit, or none of it. Null when there is nothing to take.
 */
export async function claimJob(parts: RunnerParts): Promise<Claim | null> {
  await parts.boundary("before claimed");
  const outside = await askOutside(parts.db, { at: parts.now(), next: () => findNext(parts.db) });
  const claim = await inTransaction(parts.db, async (tx) => {
    const row = await findQueued(tx);
    return row === null ? null : startJob(parts, tx, { row, outside });
  });
  await parts.boundary("after claimed");
  return claim;
}

// A lane is closed by a running job, also one whose runner died (recovery comes first), and by an unsettled outcome.
// While changes are frozen those that are approved wait, and go on afterwards if everything about them still holds.
async function findQueued(tx: Tx): Promise<JobRow | null> {
  const [row] = await selectQueued(tx).for("update", { skipLocked: true });
  return row ?? null;
}

/** The one that would be taken, left where it is. */
async function findNext(db: Db): Promise<JobRow | null> {
  const [row] = await selectQueued(db);
  return row ?? null;
}

const selectQueued = (db: Db | Tx) =>
  db
    .select()
    .from(job)
    .where(
      and(
        eq(job.state, "queued"),
        sql`not exists (select 1 from job other where other.lane = ${job.lane}
          and (other.state in ('running', 'awaiting_person') or (other.state = 'outcome_unknown' and other.resolved_at is null)))`,
        sql`(${job.effect} = 'read' or not exists (select 1 from change_freeze f where f.lifted_at is null))`,
      ),
    )
    .orderBy(job.queuedAt, job.number)
    .limit(1)
    .$dynamic();

async function startJob(
  parts: RunnerParts,
  tx: Tx,
  { row, outside }: { row: JobRow; outside: OutsideAnswer | null },
): Promise<Claim> {
  const at = parts.now();
  const verdict = await judgeOutside(tx, row, outside);
  // Another one is next since, or another service decides: the next round asks about it.
  if (verdict.kind === "ask_first") return { kind: "taken" };
  const namespace = parts.signatureNamespace;
  const { authority, decision } = await decideNow(tx, row, { at, namespace, verdict });
  if (authority.kind === "refused" && authority.reason === "frozen") return { kind: "held" };
  if (authority.kind === "refused") {
    await refuseJob(tx, { row, authority, at, decision });
    return { kind: "refused" };
  }
  const held = await takeLane(tx, { lane: row.lane, jobId: row.id, runnerId: parts.runnerId });
  if (held === null) return { kind: "taken" };
  await moveJob(tx, { jobId: row.id, from: "queued", to: "running", at }, { startedAt: at });
  await parts.boundary("before consumed");
  await spendApproval(tx, row.id, at);
  await parts.boundary("after consumed");
  const seq = await nextJournalSeq(tx, row.id);
  const { digest } = row;
  const { runnerId } = parts;
  const approvedBy = [...authority.approvedBy];
  await appendJournal(tx, held, { seq, at, kind: "claimed", body: { runnerId, version: JOURNAL_VERSION } });
  await appendJournal(tx, held, { seq: seq + 1, at, kind: "consumed", body: { digest, approvedBy } });
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "job.started",
    outcome: "done",
    objectKind: "job",
    objectId: row.id,
    details: {
      number: row.number,
      digest,
      approvedBy,
      requestedBy: row.requestedBy,
      decision,
      ...(verdict.kind === "allowed" ? { outside: verdict.decisionId } : {}),
    },
  });
  return { kind: "claimed", held };
}

/** An approval is spent once, whatever happens after. */
async function spendApproval(tx: Tx, jobId: string, at: Date): Promise<void> {
  const spent = await tx
    .update(job)
    .set({ consumedAt: at })
    .where(and(eq(job.id, jobId), isNull(job.consumedAt)))
    .returning({ id: job.id });
  assert(spent.length === 1, "an approval is spent once");
}

async function refuseJob(
  tx: Tx,
  given: { row: JobRow; authority: Authority & { kind: "refused" }; at: Date; decision: string | null },
): Promise<void> {
  const { row, authority, at } = given;
  const to = authority.reason === "expired" ? "expired" : "refused";
  await moveJob(
    tx,
    { jobId: row.id, from: "queued", to, at },
    { finishedAt: at, outcomeSays: authority.says, outcomeAdvice: authority.advice },
  );
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "job.started",
    outcome: "denied",
    objectKind: "job",
    objectId: row.id,
    details: { number: row.number, reason: authority.reason, decision: given.decision },
  });
}

interface StartDecision {
  authority: Authority;
  /** Id of the decision on record; null when there is none, and then nothing starts. */
  decision: string | null;
}

/** Decides, and writes the decision down before anything is spent or sent: without the record nothing starts. */
async function decideNow(
  tx: Tx,
  row: JobRow,
  given: { at: Date; namespace: string; verdict: OutsideVerdict },
): Promise<StartDecision> {
  const { facts, rulesVersion } = await readAuthorityFacts(tx, row, given);
  const own = decideStart(facts, given.at);
  const { verdict } = given;
  // Both have to allow it.
  const authority = own.kind === "may_run" && verdict.kind === "refused" ? verdict.authority : own;
  const outside = verdict.kind === "allowed" ? verdict.decisionId : null;
  const taken = await takeDecision(tx, {
    question: jobQuestion({ personId: row.requestedBy, action: EXECUTE, job: row }),
    policy: startPolicy({ facts, authority, rulesVersion, outside }),
    job: row,
    at: given.at,
  });
  if (taken.kind === "answered" && (taken.envelope.effect === "allow" || authority.kind === "refused")) {
    return { authority, decision: taken.envelope.id };
  }
  const reason = taken.kind === "none" ? taken.reason : "policy_denied";
  const why = taken.kind === "none" ? taken.says : "The decision about this is not to allow it.";
  const says = `${why} Nothing was sent, and the approval is not spent.`;
  const refused = { kind: "refused", reason, says, advice: "Find out why, then ask again." } as const;
  return { authority: refused, decision: null };
}

async function readAuthorityFacts(
  tx: Tx,
  row: JobRow,
  { at, namespace }: { at: Date; namespace: string },
): Promise<{ facts: AuthorityFacts; rulesVersion: number }> {
  const given = await tx.select().from(approval).where(eq(approval.jobId, row.id));
  const people = await listPeopleNow(tx, [row.requestedBy, ...given.map(({ personId }) => personId)]);
  const requester = people.get(row.requestedBy);
  assert(requester, "a job's requester exists");
  await holdFreeze(tx);
  await holdGates(tx);
  const [{ requirement, separation, rulesVersion }, frozen, heldBy] = await Promise.all([
    readApproverFacts(tx, row),
    findFreeze(tx),
    findJobHolding(tx, row),
  ]);
  const standing = await readStandingNow(tx, row, { requirement, separation, at });
  const facts: AuthorityFacts = {
    standing,
    emergency: await readEmergencyNow(tx, row, separation),
    requirement,
    separation,
    frozen,
    heldBy,
    effect: row.effect,
    digest: row.digest,
    expiresAt: row.expiresAt,
    consumedAt: row.consumedAt,
    requester,
    approvals: given.flatMap(({ digest, decision, personId, sessionId }) => {
      const approver = people.get(personId);
      return approver ? [{ digest, decision, sessionId, person: approver }] : [];
    }),
    signature: row.effect !== "read" ? await readSignatureNow(tx, row, { namespace, at }) : null,
  };
  return { facts, rulesVersion };
}
