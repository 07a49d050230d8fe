/** A registry or an inventory is shorter than this. */
export const REGISTRY_MAX_CHARACTERS = 4 * 1024 * 1024;
export const ACTORS_MAX = 10_000;
export const PRINCIPALS_MAX = 50;
/** Faults that one reading names; more are left out. */
export const FAULTS_MAX = 200;
