import type { Db, Tx } from "#db/client.ts";
import type { RegisteredActor } from "#server/domain/actor/actor.ts";
import { CERTIFICATE_SYSTEM, CERTIFICATE_TYPE, resourceOfActor } from "#server/domain/actor/resource.ts";
import { PLATFORM_TENANT } from "#server/domain/actor/snapshot.ts";
import type { DecisionQuestion } from "#server/domain/decision/decide.ts";
import { askExternal, askHealth } from "./external.ts";
import { getAccess } from "./rows.ts";

/** What was answered, without anything secret. */
export interface Smokes {
  actor: string;
  allow: string;
  deny: string;
}

type Smoked =
  | { kind: "passed"; smokes: Smokes }
  | { kind: "failed"; reason: "no_actor" | "health_smoke" | "allow_smoke" | "deny_smoke"; says: string };

/** More hours than any actor may have. */
const FAR_TOO_LONG = 999;

/** Tries a decision service out from here: whether it is well, allows what it should, and denies what it should. */
export async function smokeExternal(db: Db | Tx, origin: string): Promise<Smoked> {
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
  return {
    kind: "passed",
    smokes: { actor: actor.name, allow: allow.envelope.id, deny: deny.envelope.id },
  };
}

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
