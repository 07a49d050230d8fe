import type { Db } from "#db/client.ts";
import type { RegisteredActor } from "#server/domain/actor/actor.ts";
import { CERTIFICATE_SYSTEM, CERTIFICATE_TYPE, resourceOfActor } from "#server/domain/actor/resource.ts";
import { PLATFORM_TENANT } from "#server/domain/actor/snapshot.ts";
import type { DecisionQuestion } from "#server/domain/decision/decide.ts";
import { EXECUTE, jobQuestion } from "#server/domain/decision/job-question.ts";
import { askExternal, askHealth } from "./external.ts";
import { getAccess } from "./rows.ts";

/** What was answered, without anything secret. */
export interface Smokes {
  actor: string;
  allow: string;
  deny: string;
  /** What it said about a job that does not exist; only where it is asked about jobs. */
  job?: string;
}

type SmokeReason = "no_actor" | "health_smoke" | "allow_smoke" | "deny_smoke" | "job_smoke" | "not_tried";

type Smoked = { kind: "passed"; smokes: Smokes } | { kind: "failed"; reason: SmokeReason; says: string };

export interface ToSmoke {
  origin: string;
  jobs: boolean;
}

/** The newest result of each service. It is had before a transaction begins and used within it. */
const latest = new Map<string, { at: number; smoked: Smoked }>();
const STANDS_MS = 30_000;
const LATEST_KEPT = 20;

const keyOf = ({ origin, jobs }: ToSmoke) => `${origin} ${jobs}`;

/** Tries a service out and keeps the result for what follows at once. Called outside of any transaction. */
export async function smokeAhead(db: Db, of: ToSmoke): Promise<void> {
  const smoked = await smokeExternal(db, of);
  if (latest.size >= LATEST_KEPT) latest.delete(latest.keys().next().value ?? "");
  latest.set(keyOf(of), { at: performance.now(), smoked });
}

/** What came of trying it out just now. Asks nobody. */
export function smokedNow(of: ToSmoke): Smoked {
  const known = latest.get(keyOf(of));
  return known !== undefined && performance.now() - known.at < STANDS_MS
    ? known.smoked
    : { kind: "failed", reason: "not_tried", says: "The service was not tried out just now. Try it again." };
}

/** More hours than any actor may have. */
const FAR_TOO_LONG = 999;

/** Tries a decision service out from here: whether it is well, allows what it should, and denies what it should. */
async function smokeExternal(db: Db, { origin, jobs }: ToSmoke): Promise<Smoked> {
  const { registry } = await getAccess(db);
  const actor = registry.actors.find(({ isRetired }) => !isRetired);
  if (actor === undefined) {
    return { kind: "failed", reason: "no_actor", says: "There is no actor in the registry to try it with." };
  }
  const health = await askHealth(origin);
  if (health !== null) return { kind: "failed", reason: "health_smoke", says: health };
  const allow = await askExternal(origin, smokeQuestion(actor, 1));
  if (allow.kind === "none") return { kind: "failed", reason: "allow_smoke", says: allow.says };
  if (allow.envelope.effect !== "allow") {
    const says = `It did not allow one hour for ${actor.name}: ${allow.envelope.effect} ${allow.envelope.reason}.`;
    return { kind: "failed", reason: "allow_smoke", says };
  }
  const deny = await askExternal(origin, smokeQuestion(actor, FAR_TOO_LONG));
  if (deny.kind === "none") return { kind: "failed", reason: "deny_smoke", says: deny.says };
  if (deny.envelope.effect !== "deny") {
    const says = `It did not deny ${FAR_TOO_LONG} hours for ${actor.name}: ${deny.envelope.effect}.`;
    return { kind: "failed", reason: "deny_smoke", says };
  }
  const smokes = { actor: actor.name, allow: allow.envelope.id, deny: deny.envelope.id };
  if (!jobs) return { kind: "passed", smokes };
  // What it says about a job that nobody knows is its own affair; that it answers is not.
  const job = await askExternal(origin, NO_JOB);
  if (job.kind === "none") return { kind: "failed", reason: "job_smoke", says: job.says };
  return { kind: "passed", smokes: { ...smokes, job: `${job.envelope.effect} ${job.envelope.id}` } };
}

const NO_DIGEST = `sha256:${"0".repeat(64)}`;
const NO_JOB = jobQuestion({
  personId: "smoke",
  action: EXECUTE,
  job: {
    id: "smoke",
    number: 0,
    tenantId: "smoke",
    digest: NO_DIGEST,
    contentDigest: NO_DIGEST,
    effect: "read",
  },
});

function smokeQuestion(actor: RegisteredActor, hours: number): DecisionQuestion {
  return {
    subject: { id: actor.allowedSubjects[0] ?? actor.name, type: actor.type, tenant: PLATFORM_TENANT },
    action: "sign",
    resource: {
      id: resourceOfActor(actor.name),
      type: CERTIFICATE_TYPE,
      system: CERTIFICATE_SYSTEM,
      tenant: PLATFORM_TENANT,
    },
    context: {
      actor_type: actor.type,
      principals: [...actor.principals],
      pubkey_fingerprint: "SHA256:smoke",
      ttl_hours: hours,
    },
  };
}
