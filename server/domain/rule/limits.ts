/** Bounds of one set of rules. */
export const RULES_MAX = 60;
export const APPROVERS_MAX = 5;
export const EMERGENCY_PEOPLE_MAX = 20;
/** Whose decisions a change of the rules is replayed over. */
export const REPLAY_DAYS = 30;
