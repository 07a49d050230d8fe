/** Where the time comes from. Passed to whatever needs it, so that tests choose the time. */
export type Clock = () => Date;

export const now: Clock = () => new Date();
