/** Why the hand-over set of a tenant cannot be revealed now, or null. */
export function handoverObstacle(facts: { isHandedOver: boolean; areAllPassed: boolean }): string | null {
  if (facts.isHandedOver) return "This tenant was handed over. The console no longer holds its credentials.";
  if (!facts.areAllPassed) return "The hand-over opens when every stage has passed.";
  return null;
}
