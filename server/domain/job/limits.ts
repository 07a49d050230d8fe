/** A request nobody decides ends after this: the world it was planned in is no longer the one approved. */
export const REQUEST_TTL_MS = 24 * 60 * 60 * 1000;
/** A comparison with the cloud older than this does not support an approval. */
export const RECHECK_MAX_AGE_MS = 2 * 60 * 1000;
/** A preview older than this has to be made again before it can be requested. */
export const PREVIEW_MAX_AGE_MS = 15 * 60 * 1000;
/** A runner that has not renewed its lease for this long has lost it. Renewal happens at a third of it. */
export const LEASE_MS = 15_000;
/** Longest reason, in UTF-8 bytes, as in other consoles. */
export const REASON_MAX_BYTES = 4096;
/** Longest line kept; the rest is cut with a mark. */
export const LINE_MAX_BYTES = 64 * 1024;
/** Output lines handed out in one page. */
export const OUTPUT_PAGE_LINES = 1000;
