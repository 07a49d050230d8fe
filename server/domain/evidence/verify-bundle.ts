import type * as z from "zod";
import { isCanonical, parseJson, readRecord } from "../audit/event.ts";
import { readHeader } from "../audit/export.ts";
import type { SignedHead } from "../audit/head.ts";
import { isSignedBy, keyIdOf } from "../audit/installation-key.ts";
import { ExportVerifier, type Kept } from "../audit/verify-export.ts";
import {
  bytesDigest,
  isFileMember,
  jobMember,
  type JobRecord,
  jobRecordSchema,
  type Manifest,
  manifestSchema,
  manifestSignatureSchema,
  MEMBERS,
  tenantRecordSchema,
} from "./bundle.ts";
import type { Proof } from "../passkey/states.ts";
import { manifestStatement } from "./manifest.ts";
import { readTar } from "./tar.ts";
import { jobProblem } from "./verify-job.ts";
import { signerIn } from "./verify-signature.ts";

export type BundleVerdict =
  | {
      /** `part`: everything in it fits, and something on record is not in it. */
      kind: "whole" | "part";
      /** What is not in it, as sentences; empty where it is whole. */
      lacks: string[];
      subject: Manifest["subject"];
      signedAt: string;
      publicKey: string;
      head: SignedHead;
      jobs: { number: number; stageTitle: string; state: string }[];
      /** Signatures that were verified, each by the key that it names. */
      signatures: { job: number; name: string; fingerprint: string }[];
      /** How approvers proved who they are. The console's own word: nothing in the bundle shows it. */
      approvers: { job: number; name: string; provenBy: Proof | null }[];
    }
  /** `where`: the member that is broken, or `archive`. */
  | { kind: "broken"; where: string; says: string };

/** What a step of the verification ends with when it does not go on. */
class Broken extends Error {
  readonly where: string;

  constructor(where: string, says: string) {
    super(says);
    this.where = where;
  }
}

/**
 * Verifies a bundle from its own bytes and, if given, a key and heads that were kept elsewhere. Names the first broken
 * thing, from the outside in: archive, manifest and its signature, each member, the audit proofs, each job.
 */
export function verifyBundle(bytes: Buffer, kept: Kept): BundleVerdict {
  try {
    return verify(bytes, kept);
  } catch (error) {
    if (error instanceof Broken) return { kind: "broken", where: error.where, says: error.message };
    throw error;
  }
}

function verify(bytes: Buffer, kept: Kept): BundleVerdict {
  const archive = readTar(bytes);
  if (archive.kind === "bad") throw new Broken("archive", archive.says);
  const { members } = archive;
  const manifest = readMember(members, MEMBERS.manifest, manifestSchema);
  const signed = readMember(members, MEMBERS.signature, manifestSignatureSchema);
  requireSigned(members, signed, kept);
  requireMembers(members, manifest);
  const { head, events } = readAudit(members, { heads: kept.heads, publicKey: signed.publicKey });
  const tenant = readMember(members, MEMBERS.tenant, tenantRecordSchema);
  const jobs = readJobs(members, manifest);
  for (const job of jobs) {
    const problem = jobProblem(job, { tenant, events });
    if (problem !== null) throw new Broken(jobMember(job.number), problem);
  }
  requireFiles(members, jobs);
  requireSubject(manifest, { tenantId: tenant.id, jobIds: jobs.map(({ id }) => id) });
  const lacks = lacksOf(manifest, jobs);
  return {
    kind: lacks.length === 0 ? "whole" : "part",
    lacks,
    subject: manifest.subject,
    signedAt: signed.at,
    publicKey: signed.publicKey,
    head,
    jobs: jobs.map(({ number, stageTitle, state }) => ({ number, stageTitle, state })),
    signatures: jobs.flatMap(({ number, signatures }) =>
      signatures.map((signature) => ({ job: number, ...signerIn(signature) })),
    ),
    approvers: jobs.flatMap(({ number, approvals }) =>
      approvals.map(({ person, provenBy }) => ({ job: number, name: person.name, provenBy })),
    ),
  };
}

type Members = ReadonlyMap<string, Buffer>;

function textOf(members: Members, name: string): string {
  const bytes = members.get(name);
  if (bytes === undefined) throw new Broken(name, `${name} is missing.`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Broken(name, `${name} holds bytes that are no text.`);
  }
}

function readMember<T>(members: Members, name: string, schema: z.ZodType<T>): T {
  const text = textOf(members, name);
  const value = parseJson(text);
  if (value === undefined || !isCanonical(text, value))
    throw new Broken(name, `${name} is not in its canonical form.`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Broken(name, `${name} is not what it should be${issue ? ` at ${issue.path.join(".")}` : ""}.`);
}

function requireSigned(members: Members, signed: z.output<typeof manifestSignatureSchema>, kept: Kept): void {
  const name = MEMBERS.signature;
  const { at, key, publicKey, signature } = signed;
  if (kept.publicKey !== null && kept.publicKey !== publicKey) {
    throw new Broken(name, `The bundle is of the key ${key}, not of the key that was given.`);
  }
  const digest = bytesDigest(textOf(members, MEMBERS.manifest));
  const isGood =
    key === keyIdOf(publicKey) && isSignedBy(publicKey, manifestStatement({ digest, at, key }), signature);
  if (!isGood) throw new Broken(name, "The signature of the manifest does not fit.");
}

function requireMembers(members: Members, manifest: Manifest): void {
  for (const { name, bytes, sha256 } of manifest.members) {
    const content = members.get(name);
    if (content === undefined) throw new Broken(name, `${name} is missing.`);
    if (content.length !== bytes || bytesDigest(content) !== sha256)
      throw new Broken(name, `${name} was changed.`);
  }
  const known = new Set([...manifest.members.map(({ name }) => name), MEMBERS.manifest, MEMBERS.signature]);
  const [stranger] = [...members.keys()].filter((name) => !known.has(name));
  if (stranger !== undefined) throw new Broken(stranger, `${stranger} is not in the manifest.`);
}

function readAudit(members: Members, kept: Kept) {
  const name = MEMBERS.audit;
  const lines = textOf(members, name).split("\n");
  if (lines.pop() !== "") throw new Broken(name, `${name} was cut.`);
  const verifier = new ExportVerifier(kept);
  for (const line of lines) verifier.line(line);
  const verdict = verifier.end();
  if (verdict.kind === "broken") throw new Broken(name, verdict.says);
  const header = readHeader(lines[0] ?? "");
  if (header.kind === "bad" || header.header.kind !== "selection") {
    throw new Broken(name, `${name} is not a selection of entries with their proofs.`);
  }
  const events = lines.slice(1).flatMap((line) => {
    const read = readRecord(line);
    return read.kind === "record" ? [read.record.event] : [];
  });
  return { head: verdict.head, events };
}

function readJobs(members: Members, manifest: Manifest): JobRecord[] {
  const names = manifest.members.map(({ name }) => name).filter((name) => name.startsWith("job-"));
  return names.map((name) => {
    const job = readMember(members, name, jobRecordSchema);
    if (jobMember(job.number) !== name) throw new Broken(name, `${name} is the record of job ${job.number}.`);
    return job;
  });
}

/** Every file is the one that was handed in with its job, and no file belongs to none. */
function requireFiles(members: Members, jobs: readonly JobRecord[]): void {
  const known = new Set<string>();
  for (const { files = [] } of jobs) {
    for (const { member, bytes, digest, name, stepId } of files) {
      if (member === null) continue;
      if (known.has(member)) throw new Broken(member, `${member} stands for two files.`);
      known.add(member);
      const content = members.get(member);
      if (content === undefined) throw new Broken(member, `${member} is missing.`);
      if (content.length !== bytes || bytesDigest(content) !== digest)
        throw new Broken(member, `${member} is not the ${name} that was handed in at step ${stepId}.`);
    }
  }
  const [stranger] = [...members.keys()].filter((name) => isFileMember(name) && !known.has(name));
  if (stranger !== undefined) throw new Broken(stranger, `${stranger} was handed in with no job.`);
}

/** What is on record and not in the bundle. Throws where it holds other counts than it says. */
function lacksOf({ jobs: { held, there } }: Manifest, jobs: readonly JobRecord[]): string[] {
  if (held !== jobs.length || held > there) {
    throw new Broken(
      MEMBERS.manifest,
      `The manifest counts ${held} jobs of ${there}; ${jobs.length} are here.`,
    );
  }
  const lacks = held < there ? [`${there - held} of ${there} jobs are left out: the oldest.`] : [];
  for (const { number, output, outputThere, files = [] } of jobs) {
    const left = files.filter(({ member }) => member === null).length;
    if (left > 0) lacks.push(`${left} of ${files.length} files handed in with job ${number} are left out.`);
    if (output.length > outputThere) {
      throw new Broken(jobMember(number), `Job ${number} has more lines of output than it says.`);
    }
    if (output.length < outputThere) {
      lacks.push(
        `${outputThere - output.length} of ${outputThere} lines of output of job ${number} are left out: the last.`,
      );
    }
  }
  return lacks;
}

function requireSubject(manifest: Manifest, found: { tenantId: string; jobIds: readonly string[] }): void {
  const { kind, id } = manifest.subject;
  const isAbout =
    kind === "tenant" ? id === found.tenantId : found.jobIds.length === 1 && found.jobIds[0] === id;
  if (!isAbout) throw new Broken(MEMBERS.manifest, `The bundle does not hold the ${kind} that it is about.`);
}
