import type { CertificateStep } from "./states.ts";

/** Why nothing was signed. `isOutage`: something was not there, and the same may be signed later. */
export interface CertificateRefusal {
  step: CertificateStep;
  /** Closed code, or the reason of a decision. */
  code: string;
  says: string;
  isOutage: boolean;
}

const NOTHING = "Nothing was signed.";

export const refusals = {
  unknownActor: (name: string): CertificateRefusal => ({
    step: "actor",
    code: "unknown_actor",
    says: `The registry has no actor ${name}. ${NOTHING} Look at the list of actors.`,
    isOutage: false,
  }),
  noRegistry: (): CertificateRefusal => ({
    step: "actor",
    code: "registry_unavailable",
    says: `The registry of actors cannot be read now. ${NOTHING} Ask again later.`,
    isOutage: true,
  }),
  retired: (name: string): CertificateRefusal => ({
    step: "actor",
    code: "actor_retired",
    says: `${name} is retired and gets no certificates. ${NOTHING}`,
    isOutage: false,
  }),
  notAllowed: (says: string): CertificateRefusal => ({
    step: "actor",
    code: "forbidden",
    says: `${says} ${NOTHING}`,
    isOutage: false,
  }),
  notForThem: (says: string): CertificateRefusal => ({
    step: "actor",
    code: "actor_type_not_allowed",
    says: `${says} ${NOTHING}`,
    isOutage: false,
  }),
  late: (): CertificateRefusal => ({
    step: "actor",
    code: "runner_unavailable",
    says: `No runner answered in time. ${NOTHING} Look whether the runner is up, and ask again.`,
    isOutage: true,
  }),
  prefix: (name: string, type: string): CertificateRefusal => ({
    step: "prefix",
    code: "name_prefix",
    says: `${name} is of type ${type}, so its name has to begin with ${type}-. ${NOTHING}`,
    isOutage: false,
  }),
  denied: (reason: string, decisionId: string): CertificateRefusal => ({
    step: "decision",
    code: reason,
    says: `The decision is not to allow it (${decisionId}). ${NOTHING}`,
    isOutage: false,
  }),
  undecided: (code: string, says: string): CertificateRefusal => ({
    step: "decision",
    code,
    says: `${says} ${NOTHING} Ask again later.`,
    isOutage: true,
  }),
  changed: (name: string): CertificateRefusal => ({
    step: "decision",
    code: "registry_changed",
    says: `The registry has ${name} otherwise than it was decided on. ${NOTHING} Ask again.`,
    isOutage: false,
  }),
  overCap: (of: { ttlHours: number; type: string; capHours: number }): CertificateRefusal => ({
    step: "ttl",
    code: "ttl_over_cap",
    says: `${of.ttlHours} hours are more than the ${of.capHours} that type ${of.type} may have. ${NOTHING} It is not shortened either: ask for less.`,
    isOutage: false,
  }),
  overLimit: (of: { ttlHours: number; name: string; maxHours: number }): CertificateRefusal => ({
    step: "ttl",
    code: "ttl_over_limit",
    says: `${of.ttlHours} hours are more than the ${of.maxHours} that ${of.name} may have. ${NOTHING} It is not shortened either: ask for less.`,
    isOutage: false,
  }),
  noAuthority: (): CertificateRefusal => ({
    step: "sign",
    code: "ca_unavailable",
    says: `There is no certificate authority that can sign now. ${NOTHING} Ask again in a moment.`,
    isOutage: true,
  }),
  engine: (
    code: "engine_unavailable" | "engine_refused" | "engine_answer",
    says: string,
  ): CertificateRefusal => ({
    step: "sign",
    code,
    says: `${says} ${NOTHING}`,
    isOutage: true,
  }),
};

/** What the TTL step refuses, or null. Over a cap is refused and never shortened: a silent cut hides a mistake. */
export function decideTtl(
  ttlHours: number,
  actor: { name: string; type: string; capHours: number; maxHours: number },
): CertificateRefusal | null {
  const { name, type, capHours, maxHours } = actor;
  // Not "more than": NaN compares false with everything.
  if (!(Number.isInteger(ttlHours) && ttlHours >= 1 && ttlHours <= capHours)) {
    return refusals.overCap({ ttlHours, type, capHours });
  }
  return ttlHours <= maxHours ? null : refusals.overLimit({ ttlHours, name, maxHours });
}
