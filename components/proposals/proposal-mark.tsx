import { type MarkedState, StateMark } from "#components/ui/state-mark.tsx";
import type { ProposalState } from "#server/domain/proposal/states.ts";

const MARKS: Record<ProposalState, { state: MarkedState; label: string }> = {
  awaiting: { state: "waiting", label: "Waiting for a second person" },
  applied: { state: "passed", label: "Passed and applied" },
  rejected: { state: "denied", label: "Denied" },
  withdrawn: { state: "cancelled", label: "Cancelled by whoever asked" },
  expired: { state: "expired", label: "Expired" },
};

export function ProposalMark({ state, size = "md" }: { state: ProposalState; size?: "sm" | "md" | "lg" }) {
  const { state: mark, label } = MARKS[state];
  return <StateMark state={mark} label={label} size={size} />;
}
