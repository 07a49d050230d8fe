/** Passkeys one person may have at once. */
export const PASSKEYS_MAX = 10;
/** How long a challenge may be answered. */
export const CHALLENGE_MAX_MS = 5 * 60 * 1000;
/** What the clocks of the identity provider and of this machine may differ by. */
export const PROVIDER_SKEW_MS = 30 * 1000;
/** NIST SP 800-63B, 3.1.1.2: length is what counts; a password that stands alone has 15 characters or more. */
export const PASSWORD_MIN = 15;
export const PASSWORD_MAX = 1024;
