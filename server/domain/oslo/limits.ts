/** The longest rule in 2,456 real defaults has about 600 characters; a hostile file must not cost seconds. */
export const MAX_RULE_CHARACTERS = 64 * 1024;
/** Nested checks and rule references together; Python's own recursion limit stops oslo near 330. */
export const MAX_DEPTH = 300;
/** A file with more rules than this is refused: the largest service ships about 700. */
export const MAX_RULES = 10_000;
/** `%(x)9999999999s` would build a string of any size. */
export const MAX_FORMAT_WIDTH = 10_000;
