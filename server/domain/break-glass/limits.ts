const HOUR_MS = 60 * 60 * 1000;

/** Uses that nobody has looked at afterwards, at most, before there is another. */
export const UNREVIEWED_MAX = 3;
/** People who look at each use afterwards. */
export const REVIEWS_NEEDED = 2;
/** By when they have to have looked. */
export const REVIEW_WITHIN_MS = 24 * HOUR_MS;
/** For how long somebody who took part in putting himself on the list cannot use it. */
export const OWN_RULES_REST_MS = 24 * HOUR_MS;
