/** A session nobody used for this long is over. Pages that only listen do not count as use. */
export const SESSION_IDLE_MS = 2 * 60 * 60 * 1000;
/** A session is over after a working day, whatever its use. */
export const SESSION_MAX_MS = 12 * 60 * 60 * 1000;
/** Activity is written at most this often, to spare a write per request. */
export const ACTIVITY_STEP_MS = 60 * 1000;
/** Failed sign-ins in the window after which an e-mail or an address has to wait. */
export const THROTTLE = { windowMs: 15 * 60 * 1000, failuresPerEmail: 8, failuresPerAddress: 40 };
/** Rows of the people list. */
export const PEOPLE_LIMIT = 500;
/** What is approved or signed takes a proof of the person this recent. */
export const STEP_UP_MAX_MS = 5 * 60 * 1000;
