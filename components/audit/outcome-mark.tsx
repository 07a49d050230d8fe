import { StateMark } from "#components/ui/state-mark.tsx";

const MARKS = { done: "passed", denied: "denied", failed: "failed" } as const;
const WORDS = { done: "Done", denied: "Denied", failed: "Failed" } as const;

export function OutcomeMark({ outcome }: { outcome: keyof typeof MARKS }) {
  return <StateMark state={MARKS[outcome]} label={WORDS[outcome]} size="sm" />;
}
