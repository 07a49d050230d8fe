/**
 * requested --decision--> decided --TTL, sign--> signed;  a refusal --> refused;  something away --> unavailable.
 * What is refused or unavailable has signed nothing and never will.
 */
export const CERTIFICATE_REQUEST_STATES = [
  "requested",
  "decided",
  "signed",
  "refused",
  "unavailable",
] as const;

/** The steps of a certificate in their order; the first that refuses ends it. */
export const CERTIFICATE_STEPS = ["actor", "prefix", "decision", "ttl", "sign"] as const;
export type CertificateStep = (typeof CERTIFICATE_STEPS)[number];

/** What a certificate is for: whoever asked carries it away, or the runner signs in with it for one run. */
export const CERTIFICATE_PURPOSES = ["person", "run"] as const;

/** Who signs: a key that the runner made and sealed, or an engine on the network. */
export const AUTHORITY_KINDS = ["local", "engine"] as const;

/** requested --the runner tries it--> passed | failed. */
export const ENGINE_TRIAL_STATES = ["requested", "passed", "failed"] as const;
