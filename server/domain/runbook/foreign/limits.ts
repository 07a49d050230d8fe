/** Runbooks have some thousand lines, 1 MiB of one some 25,000; more than this is no runbook. */
export const LINES_MAX = 200_000;
/** Blocks of one document; a stage has a handful. */
export const BLOCKS_MAX = 5_000;
/** Remarks of one kind that are told; nobody reads the hundredth of the same. */
export const SAME_REMARK_MAX = 100;
/** Longest label, heading or row that is taken apart; a longer line is text. */
export const LABEL_MAX_LENGTH = 400;
/** Rows of a table of stages; no runbook has as many stages. */
export const ROWS_MAX = 500;
