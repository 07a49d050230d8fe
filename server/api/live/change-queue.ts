import { type Change, MISSED } from "./hub.ts";

/** A reader this far behind is told to read everything again instead. */
const QUEUE_MAX = 1_000;

/** Changes that wait for one reader: bounded, in order, with one waiter. */
export class ChangeQueue {
  #waiting: Change[] = [];
  #wake: (() => void) | null = null;

  readonly add = (change: Change): void => {
    if (this.#waiting.length >= QUEUE_MAX) this.#waiting = [MISSED];
    else this.#waiting.push(change);
    this.wake();
  };

  /** Ends a wait at once. */
  readonly wake = (): void => this.#wake?.();

  /** Everything that waits; empties the queue. */
  take(): Change[] {
    const batch = this.#waiting;
    this.#waiting = [];
    return batch;
  }

  /** Resolves when there is something to take, on `wake`, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
