import { randomUUID } from "node:crypto";
import { desc, eq, sql } from "drizzle-orm";
import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { sshAuthority, sshEngine, sshEngineTrial } from "#db/schema/certificate.ts";
import { canonicalDigest } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { TRIAL_STANDS_MINUTES } from "#server/domain/ssh-certificate/limits.ts";
import { backendSchema, type Engine, proposeBackendSchema } from "#server/domain/ssh-certificate/schema.ts";
import { readUserKey } from "#server/domain/ssh-certificate/user-key.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { findSigning, listAuthorities, lockCertificates } from "./rows.ts";

/**
 * Another backend in the place of the one that signs: an engine on the network, or a key of this installation's own. An
 * engine is put in place only while a trial of exactly it stands, made from here within the last hour.
 */
export const authorityBackend = proposalKind({
  kind: "ssh_authority.backend",
  actions: { propose: "ssh_authority.propose", decide: "ssh_authority.decide" },
  content: backendSchema,
  describe: async (tx, content) => {
    const before = await requireSigning(tx, content);
    const now = [signsNow(before)];
    if (content.kind === "local") {
      return {
        title: "Let a key of this installation sign certificates",
        says: "The runner makes a new key and signs with it from then on. Hosts refuse new certificates until they trust it: put both lines into TrustedUserCAKeys.",
        before: now,
        after: ["Certificates are signed with a key that the runner makes when this is agreed to."],
      };
    }
    const engine = readEngineKey(content.engine);
    const trial = await requireTrial(tx, engine);
    const { adm, agt, atm } = engine.roles;
    return {
      title: `Let the engine at ${engine.addr} sign certificates`,
      says: "While it does not answer, nothing is signed. Hosts refuse what it signs until they trust its key: put both lines into TrustedUserCAKeys.",
      before: now,
      after: [
        `Certificates are signed by ${engine.addr}, mount ${engine.mount}, under ${engine.publicKey}.`,
        `Roles: ${adm} for adm, ${agt} for agt, ${atm} for atm.`,
        ...trial.findings,
      ],
    };
  },
  apply: async (tx, content, { proposalId, at }) => {
    await lockCertificates(tx);
    const before = await requireSigning(tx, content);
    const id = randomUUID();
    const number = content.after + 1;
    const row = { id, number, kind: content.kind, proposalId, requestedAt: at };
    if (content.kind === "local") {
      await tx.insert(sshAuthority).values(row);
      return { authorityId: id, number, kind: content.kind };
    }
    const engine = readEngineKey(content.engine);
    const trial = await requireTrial(tx, engine);
    await tx.update(sshAuthority).set({ retiredAt: at }).where(eq(sshAuthority.id, before.id));
    await tx.insert(sshAuthority).values({ ...row, publicKey: engine.publicKey, madeAt: at });
    await tx.insert(sshEngine).values({ authorityId: id, engine, trialId: trial.id });
    return { authorityId: id, number, kind: content.kind, addr: engine.addr, trialId: trial.id };
  },
});

/** Asks for another backend. */
export const proposeBackend = proposeVerb(authorityBackend, proposeBackendSchema);

type Signing = NonNullable<Awaited<ReturnType<typeof findSigning>>>;

const signsNow = ({ engine, publicKey }: Signing) =>
  `Certificates are signed ${engine === null ? "with" : `by ${engine.addr} under`} ${publicKey}.`;

async function requireSigning(tx: Db | Tx, content: z.output<typeof backendSchema>): Promise<Signing> {
  const [newest] = await listAuthorities(tx);
  const signing = await findSigning(tx);
  if (signing === null || newest?.id !== signing.id || newest.number !== content.after) {
    throw new DomainError(
      "conflict",
      "The certificate authority has changed since. Nothing was changed; look at it again.",
      { reason: "authority_changed" },
    );
  }
  const isSame =
    content.kind === "local"
      ? signing.kind === "local"
      : signing.engine !== null &&
        engineDigest(signing.engine) === engineDigest(readEngineKey(content.engine));
  if (!isSame) return signing;
  throw new DomainError("conflict", "This backend signs already. Nothing was changed.", {
    reason: "already_so",
  });
}

/** What two trials are of the same engine by. */
export const engineDigest = (engine: Engine): string => canonicalDigest(engine);

/** The newest trial of exactly this engine, if it passed within the last hour. */
async function requireTrial(
  tx: Db | Tx,
  engine: Engine,
): Promise<{ id: string; findings: readonly string[] }> {
  const [trial] = await tx
    .select({
      id: sshEngineTrial.id,
      state: sshEngineTrial.state,
      findings: sshEngineTrial.findings,
      isFresh: sql<boolean>`${sshEngineTrial.endedAt} > now() - make_interval(mins => ${TRIAL_STANDS_MINUTES})`,
    })
    .from(sshEngineTrial)
    .where(eq(sshEngineTrial.digest, engineDigest(engine)))
    .orderBy(desc(sshEngineTrial.requestedAt))
    .limit(1);
  if (trial?.state === "passed" && trial.isFresh) return trial;
  if (trial?.state === "failed") {
    throw new DomainError(
      "conflict",
      `The engine did not pass when it was tried out: ${trial.findings.at(-1) ?? ""} It was not put in place.`,
      { reason: "engine_smoke", field: "content.engine" },
    );
  }
  throw new DomainError(
    "conflict",
    "This engine was not tried out from here within the last hour. It was not put in place. Try it out first.",
    { reason: "engine_untried", field: "content.engine" },
  );
}

/** The engine's public key as hosts get it: type and base64. Throws `invalid` for anything else. */
export function readEngineKey(engine: Engine): Engine {
  const read = readUserKey(engine.publicKey);
  if (read.kind === "ok") return { ...engine, publicKey: read.line };
  throw new DomainError("invalid", read.says.replace(" Nothing was signed.", " Nothing was tried."), {
    reason: read.code,
    field: "engine.publicKey",
  });
}
