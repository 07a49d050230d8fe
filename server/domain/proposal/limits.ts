/** A proposal that nobody decides ends after this. */
export const PROPOSAL_TTL_MS = 7 * 24 * 60 * 60 * 1000;
/** Proposals in one list. */
export const PROPOSALS_LIMIT = 100;
