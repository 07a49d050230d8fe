import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Db } from "#db/client.ts";
import { accessPackage, accessRegistry } from "#db/schema/access.ts";
import type { RegisteredActor } from "#server/domain/actor/actor.ts";
import { generateSnapshot, snapshotText } from "#server/domain/actor/generate.ts";
import { readSnapshotText } from "#server/domain/actor/snapshot.ts";
import { subjectsOf } from "#server/domain/actor/actor.ts";
import type { ActorType } from "#server/domain/actor/states.ts";
import type { Role } from "#server/domain/person/states.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import { answerRequest } from "#server/runner/certificate/answer-request.ts";
import type { SigningParts } from "#server/runner/certificate/certificate-parts.ts";
import { makeAuthority, requireFirstAuthority } from "#server/runner/certificate/authority.ts";
import { certificateSigner } from "#server/runner/certificate/signer.ts";
import { createSealer } from "#server/runner/sealing.ts";
import { awaitCertificate, type CertificateAnswer } from "#server/services/certificate/answer.ts";
import { requestCertificate } from "#server/services/certificate/request.ts";
import { exportAuthorities, exportKrl } from "#server/services/certificate/krl.ts";
import { testDatabase } from "./database.ts";
import { addPerson, signInAs } from "./people.ts";

export function actorOf(name: string, change: Partial<RegisteredActor> = {}): RegisteredActor {
  const type: ActorType = name.startsWith("adm-") ? "adm" : name.startsWith("agt-") ? "agt" : "atm";
  return {
    name,
    type,
    principals: [`${name}-in`],
    maxTtlHours: 4,
    allowedSubjects: subjectsOf(name),
    description: "",
    isRetired: false,
    ...change,
  };
}

/** The first registry of a test, of these actors, under the shipped policy package. */
export async function addRegistry(db: Db, actors: readonly RegisteredActor[], at: Date): Promise<void> {
  const snapshot = snapshotText(generateSnapshot(actors));
  const read = readSnapshotText(snapshot);
  const document = await readFile("policies/ssh-signing.md", "utf8");
  const written = readPackage(document);
  if (read.kind === "refused" || written.kind === "refused") throw new Error("The registry of a test.");
  const { digest } = read.registry;
  const { front, version } = written.package;
  await db.insert(accessRegistry).values({ number: 1, snapshot, digest, says: "Of a test", at });
  await db
    .insert(accessPackage)
    .values({ number: 1, document, name: front.package, version, passing: 1, cases: 1, at });
}

/** A console with a registry and a certificate authority, without a runner's loop: a test answers requests itself. */
export async function openCertificateWorld(actors: readonly RegisteredActor[]) {
  const database = await testDatabase();
  const { db } = database;
  const clock = { offsetMs: 0 };
  const now = () => new Date(Date.now() + clock.offsetMs);
  await addRegistry(db, actors, now());
  const sealer = createSealer(randomBytes(32));
  const parts: SigningParts = { db, sealer, now, signer: certificateSigner(sealer) };
  await requireFirstAuthority(parts);
  await makeAuthority(parts);
  const person = async (name: string, ...roles: Role[]): Promise<PersonActor> =>
    (await signInAs({ db, clock: now }, await addPerson(db, { name, roles, at: now() }))).actor;
  const people = {
    /** May have any type of certificate signed; an operator alone may not. */
    olga: await person("Olga", "operator", "manager"),
    otto: await person("Otto", "operator"),
    rita: await person("Rita", "reviewer"),
    ada: await person("Ada", "admin"),
  };
  const ctx = (actor = people.olga) => ({ db, actor, clock: now });
  const keys = await openKeys();
  return {
    database,
    db,
    parts,
    people,
    clock,
    ctx,
    keys,
    krl: () => exportKrl(ctx(), {}),
    authorities: () => exportAuthorities(ctx(), {}),
    /** What an operator is answered who asks for this. */
    sign: async (
      actor: string,
      {
        who = people.olga,
        ...of
      }: { publicKey: string; ttlHours?: number; subject?: string; who?: PersonActor },
      by = parts,
    ): Promise<CertificateAnswer> => {
      const { requestId } = await requestCertificate(ctx(who), { actor, ...of });
      await answerRequest(by);
      return awaitCertificate(ctx(who), { requestId });
    },
    close: async () => {
      await keys.close();
      await database.close();
    },
  };
}

export type CertificateWorld = Awaited<ReturnType<typeof openCertificateWorld>>;

const run = promisify(execFile);

/** Keys in files, as whoever asks for a certificate has them. */
async function openKeys() {
  const folder = await mkdtemp(join(tmpdir(), "countersign-user-"));
  let made = 0;
  return {
    folder,
    make: async () => {
      made += 1;
      const path = join(folder, `key${made}`);
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path]);
      return { path, publicKey: await readFile(`${path}.pub`, "utf8") };
    },
    /** Lays a certificate where ssh looks for it. */
    certify: (path: string, line: string) => writeFile(`${path}-cert.pub`, `${line}\n`),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Signs in on a host with exactly this key and the certificate beside it; what ssh said, and whether it got in. */
export async function trySsh(
  path: string,
  sshd: { port: number; user: string },
): Promise<{ isIn: boolean; says: string }> {
  const options = [
    "-F",
    "none",
    "-o",
    "BatchMode=yes",
    "-o",
    "IdentitiesOnly=yes",
    "-o",
    "IdentityAgent=none",
  ];
  const known = [
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "LogLevel=ERROR",
  ];
  const where = ["-i", path, "-p", String(sshd.port), "-l", sshd.user, "127.0.0.1", "echo in"];
  try {
    const { stdout } = await run("ssh", [...options, ...known, ...where], { timeout: 20_000 });
    return { isIn: stdout === "in\n", says: stdout };
  } catch (error) {
    return { isIn: false, says: error instanceof Error ? error.message : String(error) };
  }
}
