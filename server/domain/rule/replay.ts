import { isOpenAt, type Requirement } from "./requirement.ts";

/** One past change with what was decided about it. */
export interface PastDecision {
  number: number;
  /** People who approved it, each once. */
  approvedBy: readonly { id: string; name: string }[];
  startedAt: Date | null;
}

export type Replayed = { number: number; same: true } | { number: number; same: false; says: string };

/** What would have become of a past change under this requirement; null: no rule is about it. */
export function replayDecision(past: PastDecision, needed: Requirement | null): Replayed {
  const { number } = past;
  const other = (says: string): Replayed => ({ number, same: false, says });
  if (needed === null) return other("no rule is about it, so it would have been denied");
  const barred = past.approvedBy.filter(({ id }) => needed.never.includes(id));
  const counted = past.approvedBy.length - barred.length;
  const [first] = barred;
  if (counted < needed.approvers) {
    const why = first ? ` (${first.name} could not have approved it)` : "";
    return other(`had ${counted} of ${needed.approvers} approvals${why}, so it would still wait`);
  }
  if (past.startedAt !== null && !isOpenAt(needed.windows, past.startedAt)) {
    return other("started outside of the window, so it would have had to wait for it");
  }
  return { number, same: true };
}

const SHOWN_MAX = 20;

/** The replay in sentences: how many stay as they were, then each that would not. */
export function describeReplay(all: readonly Replayed[], days: number): string[] {
  if (all.length === 0) return [`No change was decided in the last ${days} days.`];
  const others = all.flatMap((one) => (one.same ? [] : [one]));
  const stay = all.length - others.length;
  return [
    `Of ${all.length} decided ${all.length === 1 ? "change" : "changes"} of the last ${days} days ${stay === all.length ? "all" : stay} would have gone as they did.`,
    ...others.slice(0, SHOWN_MAX).map(({ number, says }) => `Job ${number} ${says}.`),
    ...(others.length > SHOWN_MAX ? [`And ${others.length - SHOWN_MAX} more.`] : []),
  ];
}
