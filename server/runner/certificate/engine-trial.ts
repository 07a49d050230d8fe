import { and, asc, eq } from "drizzle-orm";
import { sshEngineTrial } from "#db/schema/certificate.ts";
import type { RegisteredActor } from "#server/domain/actor/actor.ts";
import { ACTOR_CAP_HOURS, ACTOR_TYPES, type ActorType } from "#server/domain/actor/states.ts";
import { checkEngineCertificate, roleProblem } from "#server/domain/ssh-certificate/engine.ts";
import { EXTENSIONS_OF } from "#server/domain/ssh-certificate/extensions.ts";
import { readUserKey } from "#server/domain/ssh-certificate/user-key.ts";
import type { PublicKey } from "#server/domain/sshsig/public-key.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { listActorsNow } from "#server/services/certificate/actors.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import { inTransaction } from "../transaction.ts";
import type { CertificateParts } from "./certificate-parts.ts";
import { askRole, askSignature, type OpenEngine } from "./engine-call.ts";
import { openEngine } from "./engine-token.ts";
import { makeKeyPair } from "./private-key.ts";

/** Of the certificates of a trial, whose keys nobody has. */
const TRIAL_SECONDS = 120;

interface Trial {
  isPassed: boolean;
  findings: string[];
}

/**
 * Tries out the engine that was asked for first; false when none waits. Its roles are read and held against the caps, and
 * for each type that has an actor a key is signed that is thrown away at once.
 */
export async function tryEngineNow(parts: CertificateParts): Promise<boolean> {
  const [row] = await parts.db
    .select()
    .from(sshEngineTrial)
    .where(eq(sshEngineTrial.state, "requested"))
    .orderBy(asc(sshEngineTrial.requestedAt))
    .limit(1);
  if (!row) return false;
  const open = await openEngine(parts.db, parts.sealer, row.engine);
  const actors = [...(await listActorsNow(parts.db)).values()].filter(({ isRetired }) => !isRetired);
  const trial =
    "code" in open
      ? { isPassed: false, findings: [open.says] }
      : await tryOut(open, { actors, now: Math.floor(parts.now().getTime() / 1000) });
  const at = parts.now();
  await inTransaction(parts.db, async (tx) => {
    const state = trial.isPassed ? ("passed" as const) : ("failed" as const);
    const ended = await tx
      .update(sshEngineTrial)
      .set({ state, findings: trial.findings, endedAt: at })
      .where(and(eq(sshEngineTrial.id, row.id), eq(sshEngineTrial.state, "requested")))
      .returning({ id: sshEngineTrial.id });
    if (ended.length === 0) return;
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "ssh_engine.tried",
      outcome: trial.isPassed ? "done" : "failed",
      objectKind: "ssh_engine",
      objectId: row.id,
      details: { addr: row.engine.addr, mount: row.engine.mount, findings: trial.findings },
    });
  });
  return true;
}

async function tryOut(
  open: OpenEngine,
  { actors, now }: { actors: readonly RegisteredActor[]; now: number },
): Promise<Trial> {
  const findings: string[] = [];
  const failed = (says: string): Trial => ({ isPassed: false, findings: [...findings, says] });
  const pinned = readUserKey(open.engine.publicKey);
  if (pinned.kind === "refused") return failed("The public key of the engine cannot be read.");
  if (actors.length === 0) return failed("There is no actor in the registry to try it with.");
  for (const type of ACTOR_TYPES) {
    const name = open.engine.roles[type];
    const role = await askRole(open, name);
    if (role.kind === "none") return failed(role.says);
    const problem = roleProblem(type, name, role.value);
    if (problem !== null) return failed(problem);
    const hours = (role.value.maxTtlSeconds ?? 0) / 3600;
    findings.push(
      `The role ${name} gives at most ${hours} hours; the cap of type ${type} is ${ACTOR_CAP_HOURS[type]}.`,
    );
    const actor = actors.find((one) => one.type === type);
    if (actor === undefined) continue;
    const says = await signThrowAway(open, { type, actor, caKey: pinned.key, now });
    if (says !== null) return failed(says);
    findings.push(`It signed a throw-away key for ${actor.name}, exactly as asked.`);
  }
  return { isPassed: true, findings };
}

/** Null where it signed exactly what was asked for. The private half of the key is never even looked at. */
async function signThrowAway(
  open: OpenEngine,
  of: { type: ActorType; actor: RegisteredActor; caKey: PublicKey; now: number },
): Promise<string | null> {
  const { publicKey: key, line } = makeKeyPair();
  const wanted = {
    key,
    keyId: of.actor.name,
    principals: of.actor.principals,
    extensions: EXTENSIONS_OF[of.type],
    validSeconds: TRIAL_SECONDS,
  };
  const signed = await askSignature(open, { role: open.engine.roles[of.type], wanted, line });
  if (signed.kind === "none") return signed.says;
  const checked = checkEngineCertificate(signed.value, wanted, of);
  return checked.kind === "refused" ? checked.says : null;
}
