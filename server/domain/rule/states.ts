/** Roles of an operation key that a rule may ask a signature of: an operation is never signed by a recovery key. */
export const SIGNATURE_ROLES = ["operational"] as const;

/**
 * When a ruling on an open item takes a second person: never, where the item holds back something in the cloud, or
 * always. Who may rule at all stands in the table of rights.
 */
export const RULING_DEMANDS = ["never", "gating", "always"] as const;
export type RulingDemand = (typeof RULING_DEMANDS)[number];

/** Days of a window, as ISO 8601 numbers them: Monday is 1. */
export const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;
