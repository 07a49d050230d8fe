/** What a call or a job does to the cloud. A thing whose effect nobody declared counts as `destroy`. */
export const EFFECTS = ["read", "mutate", "destroy"] as const;
export type Effect = (typeof EFFECTS)[number];

/** What a block runs as. Each has a session of its own. */
export const IDENTITIES = [
  "operator-admin",
  "domain-manager",
  "service-user",
  "application-credential",
  "host-account",
  "person",
] as const;
export type Identity = (typeof IDENTITIES)[number];

export const IDENTITY_WORDS: Record<Identity, string> = {
  "operator-admin": "Operator admin",
  "domain-manager": "Domain manager",
  "service-user": "Service user",
  "application-credential": "Application credential",
  "host-account": "Account on a host",
  person: "A person, by hand",
};

/** What a block that calls the cloud runs as: each signs in there. */
export type CloudIdentity = Exclude<Identity, "host-account" | "person">;

/** What every cloud that tenants are onboarded to has. */
export const SERVICES = ["identity", "compute", "image", "network", "container-infra"] as const;

/** What a removal looks at where the cloud has it. */
export const OPTIONAL_SERVICES = ["load-balancer", "block-storage"] as const;
export const ALL_SERVICES = [...SERVICES, ...OPTIONAL_SERVICES, "hypervisor"] as const;
export type Service = (typeof ALL_SERVICES)[number];

/**
 * requested -> (runner) ready | blocked | failed. `blocked`: the world does not allow it and `says` tells why;
 * `failed`: the runner could not find out.
 */
export const PLAN_STATES = ["requested", "ready", "blocked", "failed"] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** preview: before a request. recheck: before a decision, compared with the frozen plan. */
export const PLAN_PURPOSES = ["preview", "recheck"] as const;

/**
 * apply: calls change the cloud. already_so: the read found it done, nothing is sent. read: only looks.
 * attempt: calls that the cloud must refuse; what counts is the read-back that nothing took.
 * skipped: a person chose to leave it out after it had failed; nothing of it is done.
 */
export const DISPOSITIONS = ["apply", "already_so", "read", "attempt", "skipped"] as const;
export type Disposition = (typeof DISPOSITIONS)[number];
