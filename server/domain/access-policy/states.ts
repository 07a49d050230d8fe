/** Who decides about access. */
export const ACCESS_PROVIDERS = ["built_in", "external"] as const;

/** Who asked: the console for its own work, or a caller of the decision service. */
export const ASKERS = ["console", "service"] as const;
export type Asker = (typeof ASKERS)[number];
