import type { Clock } from "#server/clock.ts";

const WINDOW_MS = 60_000;
/** Between two looks of whoever waits for its turn. */
const LOOK_MS = 1_000;

/** How often a runner may begin a change of a guest, whichever host, job or source it comes from. */
export interface GuestPace {
  /** Waits for the turn, in the order of asking; `touch` is told while it waits. Rejects with the signal's reason. */
  take(given: { signal: AbortSignal; touch: () => void }): Promise<void>;
}

/** At most so many in any minute. What drifts all at once is brought back at this rate and no faster. */
export function openGuestPace(given: {
  perMinute: number;
  now: Clock;
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}): GuestPace {
  const { perMinute, now, wait } = given;
  const begun: number[] = [];
  const queue: symbol[] = [];
  /** Ms until another may begin; 0: now. */
  const pause = (): number => {
    const at = now().getTime();
    while (begun[0] !== undefined && begun[0] <= at - WINDOW_MS) begun.shift();
    const [first] = begun;
    return begun.length < perMinute || first === undefined ? 0 : first + WINDOW_MS - at;
  };
  return {
    async take({ signal, touch }) {
      const mine = Symbol("turn");
      queue.push(mine);
      try {
        for (;;) {
          const isFirst = queue[0] === mine;
          const left = pause();
          if (isFirst && left <= 0) break;
          touch();
          await wait(isFirst ? Math.min(left, LOOK_MS) : LOOK_MS, signal);
        }
        begun.push(now().getTime());
      } finally {
        queue.splice(queue.indexOf(mine), 1);
      }
    },
  };
}
