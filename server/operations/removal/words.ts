import { type OrderedThing } from "#server/domain/removal/order.ts";
import { inWords, keyOf, KINDS, type OwnedThing } from "#server/domain/removal/thing.ts";
import type { PlannedRemoval } from "#server/domain/plan/plan.ts";

/** Names in a sentence before the rest is only counted. */
const NAMED_MAX = 12;

/** An order as people read it: each thing with whose it is and what goes before it, and why. */
export function removalWords(
  ordered: readonly OrderedThing[],
  callOf: (thing: OwnedThing) => string | null,
): PlannedRemoval[] {
  const names = new Map(ordered.map(({ thing }) => [keyOf(thing), inWords(thing)]));
  return ordered.map(({ thing, after }) => ({
    callId: callOf(thing),
    key: keyOf(thing),
    kind: KINDS[thing.kind].word,
    id: thing.id,
    name: thing.name,
    owner: `${thing.owner.kind} ${thing.owner.name}`,
    why:
      thing.goesWith === null
        ? thing.why
        : `${thing.why} It goes with the ${names.get(thing.goesWith) ?? "thing it belongs to"}.`,
    goesWith: thing.goesWith,
    after: after.map(({ key, says }) => ({ key, name: names.get(key) ?? key, says })),
  }));
}

/** `router acme-router, network acme-net and 3 more`. */
export function listInWords(things: readonly OwnedThing[]): string {
  const named = things.slice(0, NAMED_MAX).map(inWords).join(", ");
  const more = things.length - NAMED_MAX;
  return more > 0 ? `${named} and ${more} more` : named;
}
