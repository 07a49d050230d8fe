import { and, desc, eq, inArray, isNotNull, isNull, notInArray, or, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { handRecord } from "#db/schema/hand.ts";
import { approval, job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { item } from "#db/schema/register.ts";
import { partReading, runbookVersion } from "#db/schema/runbook.ts";
import { finding } from "#db/schema/tenant.ts";
import { type ChainedStage, chainStages } from "#server/domain/marker/chain.ts";
import {
  type Reading,
  type Refuting,
  type Run,
  type Weighed,
  weighEvidence,
} from "#server/domain/marker/compute.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";
import { listPasters } from "../hand/pasters.ts";
import { readRunbook } from "../runbook/published.ts";

/** Of what evidence is wanted: of a runbook on a cloud, for all its tenants, one of them or none in particular. */
interface Wanted {
  slug: string;
  cloudId: string;
  tenants: "all" | { tenantId: string } | "none";
}

const chains = new WeakMap<Runbook, ChainedStage[]>();

/** The stages of a runbook as something is proven of them. */
export function chainedStages(runbook: Runbook): ChainedStage[] {
  const known = chains.get(runbook);
  if (known) return known;
  const made = chainStages(runbook);
  chains.set(runbook, made);
  return made;
}

/** Everything that is on record about a runbook on a cloud: its runs, who read it, and what speaks against it. */
export async function loadEvidence(db: Db | Tx, wanted: Wanted): Promise<Weighed> {
  const [runs, readings, refuting] = await Promise.all([
    listRuns(db, wanted),
    listReadings(db, wanted.slug),
    listRefuting(db),
  ]);
  return weighEvidence({ runs, readings, refuting });
}

const hasProblem = sql<boolean>`exists (
  select 1 from ${finding} f where f.tenant_id = ${job.tenantId} and f.job_id = ${job.id} and f.severity = 'problem')`;

/** A part of it was done, or its output pasted, by a person. */
const isByHand = sql<boolean>`exists (select 1 from ${handRecord} h where h.job_id = ${job.id})`;

/** Of each text of a stage the newest green and the newest failed run: on the cloud, and of each tenant that is asked for. */
async function listRuns(db: Db | Tx, { slug, cloudId, tenants }: Wanted): Promise<Run[]> {
  const about = and(
    eq(job.cloudId, cloudId),
    inArray(job.state, ["succeeded", "failed"]),
    isNotNull(job.startedAt),
    eq(runbookVersion.slug, slug),
  );
  const select = {
    jobId: job.id,
    number: job.number,
    tenantId: job.tenantId,
    cloudId: job.cloudId,
    versionId: job.runbookVersionId,
    stageKey: job.stageKey,
    stageHash: job.stageHash,
    state: job.state,
    finishedAt: job.finishedAt,
    requestedBy: person.name,
    hasProblem,
    isByHand,
  };
  const text = [job.runbookVersionId, job.stageKey, job.stageHash, job.state, hasProblem, isByHand] as const;
  const newest = [desc(job.finishedAt), desc(job.number)] as const;
  const ofCloud = db
    .selectDistinctOn([...text], select)
    .from(job)
    .innerJoin(runbookVersion, eq(runbookVersion.id, job.runbookVersionId))
    .innerJoin(person, eq(person.id, job.requestedBy))
    .where(about)
    .orderBy(...text, ...newest);
  const ofTenants = (tenantId: string | null) =>
    db
      .selectDistinctOn([job.tenantId, ...text], select)
      .from(job)
      .innerJoin(runbookVersion, eq(runbookVersion.id, job.runbookVersionId))
      .innerJoin(person, eq(person.id, job.requestedBy))
      .where(tenantId === null ? about : and(about, eq(job.tenantId, tenantId)))
      .orderBy(job.tenantId, ...text, ...newest);
  const rows =
    tenants === "none"
      ? await ofCloud
      : tenants === "all"
        ? await ofTenants(null)
        : [...(await ofCloud), ...(await ofTenants(tenants.tenantId))];
  const once = [...new Map(rows.map((row) => [row.jobId, row])).values()];
  return complete(db, once);
}

interface RunRow extends Pick<Run, "jobId" | "number" | "tenantId" | "cloudId" | "stageKey" | "requestedBy"> {
  versionId: string;
  stageHash: string;
  state: string;
  finishedAt: Date | null;
  hasProblem: boolean;
  isByHand: boolean;
}

async function complete(db: Db | Tx, rows: readonly RunRow[]): Promise<Run[]> {
  if (rows.length === 0) return [];
  const [versions, problems, approvers, pasters] = await Promise.all([
    listChained(db, [...new Set(rows.map(({ versionId }) => versionId))]),
    listProblems(
      db,
      rows.filter((row) => row.hasProblem).map(({ jobId }) => jobId),
    ),
    listApprovers(db, newestOfEach(rows)),
    listPasters(
      db,
      rows.filter((row) => row.isByHand).map(({ jobId }) => jobId),
    ),
  ]);
  return rows.flatMap(
    ({ versionId, stageHash, state, finishedAt, hasProblem: isProblem, isByHand: byHand, ...row }) => {
      const stage = versions.get(versionId)?.find(({ key }) => key === row.stageKey);
      // What was frozen in the job has to be the text of its version: anything else proves nothing of that.
      if (stage === undefined || stage.hash !== stageHash || finishedAt === null) return [];
      return {
        ...row,
        chain: stage.chain,
        partChains: stage.parts.map(({ chain }) => chain),
        outcome: state === "succeeded" ? ("green" as const) : ("failed" as const),
        how: byHand ? ("by_hand" as const) : ("executed" as const),
        pastedBy: pasters.get(row.jobId) ?? [],
        problem: isProblem ? (problems.get(row.jobId) ?? "It found a problem.") : null,
        finishedAt,
        approvedBy: approvers.get(row.jobId) ?? null,
      };
    },
  );
}

/** Of each text and outcome the newest run of all: who approved is told of those, and of each of one tenant. */
function newestOfEach(rows: readonly RunRow[]): string[] {
  const isOne = new Set(rows.map(({ tenantId }) => tenantId)).size <= 1;
  if (isOne) return rows.map(({ jobId }) => jobId);
  const newest = new Map<string, RunRow>();
  for (const row of rows) {
    const key = `${row.stageKey} ${row.stageHash} ${row.state}`;
    const known = newest.get(key);
    if (known === undefined || (known.finishedAt ?? 0) < (row.finishedAt ?? 0)) newest.set(key, row);
  }
  return [...newest.values()].map(({ jobId }) => jobId);
}

/** The stages of versions, by the version's id. */
export async function listChained(
  db: Db | Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly ChainedStage[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(runbookVersion)
    .where(inArray(runbookVersion.id, [...ids]));
  return new Map(rows.map((row) => [row.id, chainedStages(readRunbook(row))]));
}

async function listProblems(db: Db | Tx, jobIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db
    .select({ jobId: finding.jobId, says: finding.says })
    .from(finding)
    .where(and(inArray(finding.jobId, [...jobIds]), eq(finding.severity, "problem")));
  return new Map(rows.map(({ jobId, says }) => [jobId, says]));
}

async function listApprovers(db: Db | Tx, jobIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .select({ jobId: approval.jobId, name: person.name })
    .from(approval)
    .innerJoin(person, eq(person.id, approval.personId))
    .where(and(inArray(approval.jobId, [...jobIds]), eq(approval.decision, "approve")));
  return new Map(rows.map(({ jobId, name }) => [jobId, name]));
}

/** The newest reading of each part. */
async function listReadings(db: Db | Tx, slug: string): Promise<Reading[]> {
  return db
    .selectDistinctOn([partReading.chain], {
      stageKey: partReading.stageKey,
      chain: partReading.chain,
      by: person.name,
      at: partReading.at,
    })
    .from(partReading)
    .innerJoin(person, eq(person.id, partReading.personId))
    .where(eq(partReading.slug, slug))
    .orderBy(partReading.chain, desc(partReading.at));
}

/**
 * Items of the kinds H and V that are about a stage and not settled, the oldest first. A check whose result is only too
 * old has been seen to pass: it says nothing against the text.
 */
async function listRefuting(db: Db | Tx): Promise<Refuting[]> {
  const rows = await db
    .select({ itemId: item.id, code: item.code, title: item.title, at: item.createdAt, cover: item.target })
    .from(item)
    .where(
      and(
        isNull(item.removedAt),
        isNull(item.closedAt),
        isNotNull(item.target),
        or(eq(item.kind, "H"), and(eq(item.kind, "V"), notInArray(item.state, ["stale"]))),
      ),
    )
    .orderBy(item.createdAt, item.id);
  return rows.flatMap(({ cover, ...row }) => (cover === null ? [] : [{ ...row, cover }]));
}
