import { randomBytes, randomUUID } from "node:crypto";
import { sshAuthority, sshEngineTrial } from "#db/schema/certificate.ts";
import { makeAuthority, requireFirstAuthority } from "#server/runner/certificate/authority.ts";
import { answerRequest } from "#server/runner/certificate/answer-request.ts";
import { certificateSigner } from "#server/runner/certificate/signer.ts";
import { createSealer } from "#server/runner/sealing.ts";
import { awaitCertificate } from "#server/services/certificate/answer.ts";
import { engineSchema } from "#server/domain/ssh-certificate/schema.ts";
import { engineDigest, proposeBackend, readEngineKey } from "#server/services/certificate/backend.ts";
import { listActorsNow } from "#server/services/certificate/actors.ts";
import { listAuthorities } from "#server/services/certificate/rows.ts";
import { requestCertificate } from "#server/services/certificate/request.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { proposeRotation } from "#server/services/certificate/rotate.ts";
import { tryEngine } from "#server/services/certificate/try-engine.ts";
import { seedExamples } from "../access.ts";
import { ed25519Signer } from "../ssh-signer.ts";
import { type Acts, type ActWorld, REASON } from "./world.ts";

/** Acts on certificates, by the path of their procedure. */
export const CERTIFICATE_ACTS: Acts = {
  "certificates.request": async ({ jobs, operator }) => {
    await seedExamples(jobs.db, jobs.clock);
    const input = { actor: "agt-no-such", publicKey: ed25519Signer().line, ttlHours: 1 };
    return () => requestCertificate(jobs.ctx(operator), input);
  },
  "certificates.revoke": async (given) => {
    const { jobs, operator } = given;
    const certificateId = await signed(given);
    return () => revokeCertificate(jobs.ctx(operator), { certificateId, reason: REASON });
  },
  "certificates.proposeRotation": async (given) => {
    await signed(given);
    const { jobs, operator } = given;
    const [newest] = await listAuthorities(jobs.db);
    const content = { after: newest?.number ?? 0 };
    return () => proposeRotation(jobs.ctx(operator), { content, reason: REASON });
  },
  "certificates.tryEngine": ({ jobs, operator }) => {
    const engine = { addr: "https://bao.example.org", publicKey: ed25519Signer().line };
    return Promise.resolve(() => tryEngine(jobs.ctx(operator), { engine }));
  },
  "certificates.proposeBackend": async (given) => {
    await signed(given);
    const { jobs, operator } = given;
    const [newest] = await listAuthorities(jobs.db);
    const publicKey = ed25519Signer().line;
    const engine = readEngineKey(engineSchema.parse({ addr: "https://bao.example.org", publicKey }));
    await jobs.db.insert(sshEngineTrial).values({
      id: randomUUID(),
      engine,
      digest: engineDigest(engine),
      requestedBy: operator.personId,
      requestedAt: jobs.now,
      state: "passed",
      findings: [],
      endedAt: new Date(),
    });
    const content = { kind: "engine" as const, after: newest?.number ?? 0, engine };
    return () => proposeBackend(jobs.ctx(operator), { content, reason: REASON });
  },
};

/** A certificate of the first actor that the examples have. */
async function signed({ jobs, operator }: ActWorld): Promise<string> {
  await seedExamples(jobs.db, jobs.clock);
  const sealer = createSealer(randomBytes(32));
  const parts = { db: jobs.db, sealer, now: jobs.clock, signer: certificateSigner(sealer) };
  await requireFirstAuthority(parts);
  const [newest] = await listAuthorities(jobs.db);
  // Another runner's key does not open here: each act has an authority of its own.
  if (newest?.madeAt) {
    const number = newest.number + 1;
    const id = randomUUID();
    await jobs.db.insert(sshAuthority).values({ id, number, kind: "local", requestedAt: jobs.now });
  }
  await makeAuthority(parts);
  const ctx = jobs.ctx(operator);
  const actor = [...(await listActorsNow(jobs.db)).keys()].find((name) => name.startsWith("agt-"));
  const asked = { actor: actor ?? "", publicKey: ed25519Signer().line, ttlHours: 1 };
  const { requestId } = await requestCertificate(ctx, asked);
  while (await answerRequest(parts));
  const answer = await awaitCertificate(ctx, { requestId });
  if (answer.kind !== "signed") throw new Error(answer.says);
  return answer.certificateId;
}
