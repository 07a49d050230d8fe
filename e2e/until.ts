import { setTimeout as wait } from "node:timers/promises";

const POLL_MS = 100;
const DEADLINE_MS = 60_000;

/** Asks until the answer is not null. For scenes that are set up outside a browser; stories wait by assertions. */
export async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error("What was waited for did not come within a minute.");
    await wait(POLL_MS);
  }
}
