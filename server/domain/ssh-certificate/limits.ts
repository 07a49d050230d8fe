/** How long whoever asked waits for an answer; a request that is older is never signed. */
export const ANSWER_WAITS_MS = 10_000;
/** Certificates in one list. */
export const CERTIFICATES_LIMIT = 200;
