/** What a challenge was made for. `sso`: the identity provider was asked to look again who is there. */
export const CHALLENGE_PURPOSES = ["enrol", "prove", "sso"] as const;
export type ChallengePurpose = (typeof CHALLENGE_PURPOSES)[number];

/** How somebody proved who they are. */
export const PROOFS = ["password", "oidc", "passkey"] as const;
export type Proof = (typeof PROOFS)[number];
