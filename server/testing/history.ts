/** One line of a job's journal, as far as the checker looks at it. */
export interface HistoryEntry {
  jobId: string;
  lane: string;
  seq: number;
  fencing: number;
  kind: string;
  callId: string | null;
  /** Of an outcome: what it says. */
  result: string | null;
  at: number;
}

export interface HistoryJob {
  jobId: string;
  state: string;
  /** Calls of its plan that are to be sent. */
  calls: readonly string[];
}

/** One change that the cloud made, and for which job. */
export interface HistoryEffect {
  jobId: string;
  what: string;
  at: number;
}

/**
 * What a history of runs, kills and recoveries shows that must never be: an approval used twice, a call sent twice, two
 * workers in one lane at once, a success without its effects, a run without an end. Empty when all is well.
 */
export function checkHistory(history: {
  jobs: readonly HistoryJob[];
  entries: readonly HistoryEntry[];
  effects: readonly HistoryEffect[];
}): string[] {
  return [...history.jobs.flatMap((one) => checkJob(one, history)), ...checkLanes(history.entries)];
}

const ENDED = new Set(["succeeded", "failed", "refused", "cancelled", "outcome_unknown"]);

function checkJob(
  { jobId, state, calls }: HistoryJob,
  given: { entries: readonly HistoryEntry[]; effects: readonly HistoryEffect[] },
): string[] {
  const entries = given.entries.filter((one) => one.jobId === jobId).sort((a, b) => a.seq - b.seq);
  const effects = given.effects.filter((one) => one.jobId === jobId);
  const count = (kind: string) => entries.filter((one) => one.kind === kind).length;
  const intents = entries.filter(({ kind }) => kind === "intent").map(({ callId }) => callId);
  const applied = entries.filter(({ kind, result }) => kind === "outcome" && result === "applied");
  const problems = [
    [!ENDED.has(state), `ended as ${state}`],
    [count("consumed") !== 1, `its approval was used ${count("consumed")} times`],
    [count("finished") !== 1, `it finished ${count("finished")} times`],
    [entries.at(-1)?.kind !== "finished", "something was written after its end"],
    [entries.some(({ seq }, index) => seq !== index + 1), "its journal has a gap"],
    [new Set(intents).size !== intents.length, "a call was announced twice"],
    [new Set(effects.map(({ what }) => what)).size !== effects.length, "an effect happened twice"],
    [effects.length > intents.length, "an effect happened that was not announced"],
    [state === "succeeded" && applied.length !== calls.length, "it succeeded without all its outcomes"],
    [state === "succeeded" && effects.length !== calls.length, "it succeeded without all its effects"],
    [state !== "outcome_unknown" && effects.length !== applied.length, "an effect is not on record"],
    [
      entries.some(({ fencing }, index) => fencing < (entries[index - 1]?.fencing ?? 0)),
      "a lost lease wrote",
    ],
  ] as const;
  return problems.flatMap(([isSo, says]) => (isSo ? [`${jobId}: ${says}`] : []));
}

/** From the first to the last line of each job: in one lane they stand one after the other. */
function checkLanes(entries: readonly HistoryEntry[]): string[] {
  const spans = new Map<string, { lane: string; from: number; to: number }>();
  for (const { jobId, lane, at } of entries) {
    const known = spans.get(jobId) ?? { lane, from: at, to: at };
    spans.set(jobId, { lane, from: Math.min(known.from, at), to: Math.max(known.to, at) });
  }
  const sorted = [...spans].sort(([, a], [, b]) => a.from - b.from);
  const until = new Map<string, number>();
  return sorted.flatMap(([jobId, { lane, from, to }]) => {
    const before = until.get(lane) ?? Number.NEGATIVE_INFINITY;
    until.set(lane, Math.max(before, to));
    return from < before ? [`${jobId}: began in ${lane} before the one in it had ended`] : [];
  });
}
