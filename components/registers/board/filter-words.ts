/** What the choices of each filter are called. */
export const DUE_WORDS = {
  overdue: "Overdue",
  soon: "Due in 7 days",
  later: "Due later",
  none: "No date",
} as const;
export const LINKED_WORDS = { blocked: "Blocked", blocking: "Blocking others" } as const;
export const AGE_WORDS = {
  "0": "Younger than 7 days",
  "7": "7 to 30 days old",
  "30": "30 to 90 days old",
  "90": "90 to 180 days old",
  "180": "Older than 180 days",
} as const;
export const FRESH_WORDS = {
  fresh: "Fresh results",
  ending: "Results that end soon",
  stale: "Stale results",
  failed: "Failed checks",
  risk: "Accepted risks",
  never: "Never checked",
  retired: "Retired checks",
} as const;
