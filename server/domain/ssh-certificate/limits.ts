/** How long whoever asked waits for an answer; a request that is older is never signed. */
export const ANSWER_WAITS_MS = 10_000;
/** Certificates in one list. */
export const CERTIFICATES_LIMIT = 200;
/** The variable that a token for an SSH engine comes from. */
export const ENGINE_TOKEN = "COUNTERSIGN_SSH_ENGINE_TOKEN";
/** How long a trial of an engine stands: after this it is tried again before two people put it in place. */
export const TRIAL_STANDS_MINUTES = 60;
