/** Characters of a policy file. */
export const POLICY_MAX = 1024 * 1024;
/** Characters of a set of personas and places. */
export const MATRIX_SET_MAX = 256 * 1024;
export const NOTE_MAX = 500;
/** Questions of one simulation: what a person can look through, answered while one types. */
export const CELLS_MAX = 20_000;
/** Findings and rows of a comparison that are shown. */
export const SHOWN_MAX = 500;
/** Saved states of one cloud's override. */
export const REVISIONS_MAX = 5_000;
