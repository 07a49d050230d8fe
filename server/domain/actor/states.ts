/** Kinds of actors: people who administer, agents, automation. */
export const ACTOR_TYPES = ["adm", "agt", "atm"] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

/** The longest certificate of each kind, in hours. More is refused and never shortened. */
export const ACTOR_CAP_HOURS: Readonly<Record<ActorType, number>> = { adm: 48, agt: 24, atm: 8 };
