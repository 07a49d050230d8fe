import { EFFECTS, type Effect } from "../plan/states.ts";

/** The effect that something declares; missing or not one of ours counts as `destroy`. */
export function declaredEffect(declared: unknown): Effect {
  return EFFECTS.find((effect) => effect === declared) ?? "destroy";
}

/** The strictest of several declared effects; of none, a read. */
export function strictestEffect(declared: readonly unknown[]): Effect {
  const known = declared.map(declaredEffect);
  return EFFECTS.findLast((effect) => known.includes(effect)) ?? "read";
}
