import { and, asc, eq, inArray, lte, or } from "drizzle-orm";
import * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { auditEntry, installationKey } from "#db/schema/audit.ts";
import { job } from "#db/schema/job.ts";
import { headerLine } from "#server/domain/audit/export.ts";
import type { SignedHead } from "#server/domain/audit/head.ts";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import {
  bytesDigest,
  jobMember,
  type Manifest,
  memberBytes,
  MEMBERS,
} from "#server/domain/evidence/bundle.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { type TarMember, writeTar } from "#server/domain/evidence/tar.ts";
import { coveredBy } from "../audit/append.ts";
import { askForHead, askForManifest, awaitHead, awaitSignature } from "../audit/request-signing.ts";
import { readInclusionProof } from "../audit/tree.ts";
import { getTenant } from "../tenant/rows.ts";
import { verb } from "../verb.ts";
import { type BundleLimits, collectJob, collectTenant, listJobIds } from "./collect.ts";
import { collectHandFiles } from "./hand-files.ts";

/** A bundle is of one job, or of a tenant with its jobs. */
export const exportEvidence = verb({
  action: "evidence.export",
  input: z.strictObject({ kind: z.enum(["job", "tenant"]), id: z.uuid() }),
  load: async (tx, { kind, id }) =>
    kind === "job" ? getJobTenant(tx, id) : { tenantId: (await getTenant(tx, id)).tenant.id },
  object: (_row, { kind, id }) => ({ kind, id }),
  run: async (tx, { person, input, row, at }) => {
    const { personId } = person;
    const requestId = await askForHead(tx, { personId, at });
    return {
      output: { requestId, personId, subject: input, tenantId: row.tenantId },
      audit: { bundle: input.kind },
    };
  },
});

async function getJobTenant(tx: Tx, id: string): Promise<{ tenantId: string }> {
  const [row] = await tx.select({ tenantId: job.tenantId }).from(job).where(eq(job.id, id));
  if (!row) throw new DomainError("not_found", "There is no such job.", { reason: "not_found" });
  return row;
}

type Asked = Awaited<ReturnType<typeof exportEvidence>>;

/** A bundle has to be read whole by whoever verifies it. */
const LIMITS: BundleLimits = { jobs: 200, lines: 100_000, files: 200 };

/**
 * The bundle that was asked for; what it leaves out of `limits` stands in it. Throws `unavailable` when the runner, who
 * signs it, does not answer.
 */
export async function makeBundle(
  db: Db,
  asked: Asked,
  given: {
    at: Date;
    limits?: BundleLimits;
    /** Who takes it may not read what jobs printed: that and what was handed in is left out, and it says so. */
    isPrivate?: boolean;
  },
): Promise<Buffer> {
  const { at } = given;
  const limits = { ...(given.limits ?? LIMITS), ...(given.isPrivate === true ? { lines: 0, files: 0 } : {}) };
  const head = await awaitHead(db, asked.requestId);
  const tenantRecord = await collectTenant(db, asked.tenantId);
  const { jobIds, there } =
    asked.subject.kind === "job"
      ? { jobIds: [asked.subject.id], there: 1 }
      : await listJobIds(db, asked.tenantId, limits);
  const members: TarMember[] = [{ name: MEMBERS.tenant, content: memberBytes({ ...tenantRecord }) }];
  let filesHeld = 0;
  for (const jobId of jobIds) {
    const record = await collectJob(db, jobId, { tenant: tenantRecord, limits });
    const { number } = record;
    const handed = await collectHandFiles(db, { jobId, number, most: limits.files - filesHeld });
    filesHeld += handed.members.length;
    const content = memberBytes(jsonSchema.parse({ ...record, files: handed.files }));
    members.push({ name: jobMember(number), content }, ...handed.members);
  }
  members.push({ name: MEMBERS.audit, content: await auditLines(db, { asked, jobIds, head }) });
  const manifest: Manifest = {
    format: "countersign-evidence/1",
    subject: asked.subject,
    madeAt: at.toISOString(),
    jobs: { held: jobIds.length, there },
    members: members.map(({ name, content }) => ({
      name,
      bytes: content.length,
      sha256: bytesDigest(content),
    })),
  };
  const manifestBytes = memberBytes({ ...manifest });
  const signed = await signManifest(db, { asked, digest: bytesDigest(manifestBytes), at });
  return writeTar([
    { name: MEMBERS.manifest, content: manifestBytes },
    { name: MEMBERS.signature, content: memberBytes(signed) },
    ...members,
  ]);
}

async function signManifest(db: Db, given: { asked: Asked; digest: string; at: Date }) {
  const { personId } = given.asked;
  const requestId = await askForManifest(db, { personId, at: given.at, digest: given.digest });
  const { signature, at } = await awaitSignature(db, requestId);
  const { keyId, publicKey } = await getKey(db);
  return { at: at.toISOString(), key: keyId, publicKey, signature };
}

async function getKey(db: Db) {
  const [key] = await db.select().from(installationKey);
  assert(key, "who signs a head has entered the key");
  return key;
}

/** Every entry about the tenant and the jobs, each with its proof under the head. */
async function auditLines(
  db: Db,
  given: { asked: Asked; jobIds: readonly string[]; head: SignedHead },
): Promise<Buffer> {
  const { asked, jobIds, head } = given;
  const isOfJobs = and(eq(auditEntry.objectKind, "job"), inArray(auditEntry.objectId, [...jobIds]));
  const isOfTenant = and(eq(auditEntry.objectKind, "tenant"), eq(auditEntry.objectId, asked.tenantId));
  const rows = await db
    .select()
    .from(auditEntry)
    .where(and(jobIds.length > 0 ? or(isOfJobs, isOfTenant) : isOfTenant, lte(auditEntry.seq, head.size)))
    .orderBy(asc(auditEntry.seq));
  const { publicKey } = await getKey(db);
  const lines = [headerLine({ kind: "selection", publicKey, count: rows.length, heads: [head] })];
  for (const { hash, ...entry } of rows) {
    const proof = await readInclusionProof(db, { seq: entry.seq, size: head.size });
    lines.push(canonicalJson({ event: coveredBy(entry), hash, proof }));
  }
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}
