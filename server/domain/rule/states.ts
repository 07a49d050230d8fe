/** Roles of an operation key that a rule may ask a signature of: an operation is never signed by a recovery key. */
export const SIGNATURE_ROLES = ["operational"] as const;

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
