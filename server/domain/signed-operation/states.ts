/** What a key may sign: a recovery key puts other keys in place and does nothing else. */
export const SIGNER_ROLES = ["operational", "recovery"] as const;
export type SignerRole = (typeof SIGNER_ROLES)[number];
