import type { RegisteredActor } from "../actor/actor.ts";
import { CERTIFICATE_SYSTEM, CERTIFICATE_TYPE, resourceOfActor } from "../actor/resource.ts";
import { PLATFORM_TENANT } from "../actor/snapshot.ts";
import type { DecisionQuestion } from "../decision/decide.ts";

/** May this subject have a certificate of this actor's signed, for this key and so many hours. */
export function signingQuestion(of: {
  actor: RegisteredActor;
  subject: string;
  fingerprint: string;
  ttlHours: number;
}): DecisionQuestion {
  const { actor, subject, fingerprint, ttlHours } = of;
  return {
    subject: { id: subject, type: actor.type, tenant: PLATFORM_TENANT },
    action: "sign",
    resource: {
      id: resourceOfActor(actor.name),
      type: CERTIFICATE_TYPE,
      system: CERTIFICATE_SYSTEM,
      tenant: PLATFORM_TENANT,
    },
    context: {
      principals: [...actor.principals],
      actor_type: actor.type,
      pubkey_fingerprint: fingerprint,
      ttl_hours: ttlHours,
    },
  };
}
