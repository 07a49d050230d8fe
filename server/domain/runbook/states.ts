/** open -- whoever edits it --> published | discarded. A published draft is not edited any more. */
export const DRAFT_STATES = ["open", "published", "discarded"] as const;
