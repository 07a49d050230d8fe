/** How long a standing approval may hold, in days. */
export const STANDING_DAYS_MAX = 30;
/** How often one may be used. */
export const STANDING_USES_MAX = 100;
