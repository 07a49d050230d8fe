/** What a decision may say. Only `allow`, and nothing that looks like it, lets anything go on. */
export const DECISION_EFFECTS = ["allow", "deny", "redact", "audit_only", "not_applicable"] as const;
