import { StateMark } from "#components/ui/state-mark.tsx";

/** What a decision came to; only an allow is one. */
export function EffectMark({ effect }: { effect: string }) {
  return effect === "allow" ? (
    <StateMark state="passed" label="Passed: allowed" size="sm" />
  ) : (
    <StateMark state="denied" label={effect === "deny" ? "Denied" : `Denied: ${effect}`} size="sm" />
  );
}
