import { type CheckFacts, isFresh } from "#server/domain/register/lifecycle/check.ts";

/** Why a result is about something else than the check as it is now. */
export const OTHER_BLOCK = "The block, its host or its parameters changed after it ran.";

/** How much the newest result of a check still says. */
export interface Standing {
  /** When the check ran last and showed something; null before. */
  lastRunAt: Date | null;
  targetChangedAt: Date | null;
  isFresh: boolean;
  /** What is left of the freshness window, from 1 (just run) to 0. */
  left: number;
  /** Why the newest result counts no more, as a sentence; null while it counts or there is none. */
  staleBecause: string | null;
}

/** The state that people gave it is one thing; what time and changes did to it since is said here, at this moment. */
export function standingOf({
  facts,
  countsUntil,
  now,
}: {
  facts: CheckFacts & { isOtherBlock: boolean };
  countsUntil: Date | null;
  now: Date;
}): Standing {
  const { lastRun, targetChangedAt, freshForMs, state, isOtherBlock } = facts;
  const isAttestedOnly = !isOtherBlock && lastRun === null && countsUntil !== null && now < countsUntil;
  const isFreshNow = isFresh(facts, now) || isAttestedOnly;
  const age = lastRun === null ? freshForMs : now.getTime() - lastRun.at.getTime();
  const isChanged = lastRun !== null && targetChangedAt !== null && targetChangedAt >= lastRun.at;
  const hasResult = isOtherBlock || lastRun !== null || state !== "open";
  return {
    lastRunAt: lastRun?.at ?? null,
    targetChangedAt,
    isFresh: isFreshNow,
    left: isChanged ? 0 : Math.max(0, Math.min(1, 1 - age / freshForMs)),
    staleBecause:
      isFreshNow || !hasResult || state === "retired"
        ? null
        : isOtherBlock
          ? OTHER_BLOCK
          : isChanged
            ? "What it looks at was changed after it ran."
            : "The result is older than it counts for.",
  };
}
