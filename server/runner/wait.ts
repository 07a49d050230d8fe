import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after `ms`; rejects with the signal's own reason, not with a generic AbortError. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
