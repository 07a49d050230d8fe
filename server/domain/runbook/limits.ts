/** Largest runbook. The shipped ones have 60 KB; beyond this the reader's page would suffer first. */
export const DOCUMENT_MAX_BYTES = 2 * 1024 * 1024;
/** Largest fenced block or front matter: the YAML reader is quadratic in places, and a person reviews every line. */
export const BLOCK_MAX_BYTES = 64 * 1024;
/** Deepest nesting inside a block. Request bodies of the catalogue's operations need five. */
export const YAML_MAX_DEPTH = 16;
/** Longest expression, in UTF-16 units, also after its names were filled in: a list of a hundred ids fits. */
export const EXPRESSION_MAX_LENGTH = 8000;
/** Deepest list inside an expression's literal. */
export const LITERAL_MAX_DEPTH = 8;
/** Longest rendering of an observed value. */
export const RENDERED_MAX_LENGTH = 240;
/** Diagnostics kept; the first ones are what a person mends first. */
export const DIAGNOSTICS_MAX = 100;
/** Most times that a step may be tried again without another approval. */
export const RETRY_MAX = 5;
