import { describe, expect, it } from "vitest";
import { openGuestPace } from "./guest-pace.ts";

const HOSTS = 100;
const GUESTS = 12;

/** A clock that goes on by what is waited for; waits end in the order of their time. */
function fakeTime() {
  let at = 0;
  let sleepers: { until: number; wake: () => void }[] = [];
  const now = () => new Date(at);
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((wake, fail) => {
      if (signal?.aborted) return fail(signal.reason);
      signal?.addEventListener("abort", () => fail(signal.reason));
      sleepers.push({ until: at + ms, wake });
    });
  /** Goes on to when the next one wakes, and wakes whoever is due then; false when nobody sleeps. */
  const tick = (): boolean => {
    if (sleepers.length === 0) return false;
    at = Math.max(at, Math.min(...sleepers.map(({ until }) => until)));
    const due = sleepers.filter(({ until }) => until <= at);
    sleepers = sleepers.filter(({ until }) => until > at);
    due.forEach(({ wake }) => wake());
    return true;
  };
  return { now, wait, tick };
}

const settled = () => new Promise<void>((done) => setImmediate(done));

describe("openGuestPace", () => {
  it("never begins more than its rate in any minute when every guest of a hundred hosts drifts", async () => {
    const perMinute = 300;
    const time = fakeTime();
    const pace = openGuestPace({ perMinute, ...time });
    const begun: { host: number; at: number }[] = [];
    const hosts = Array.from({ length: HOSTS }, async (_none, host) => {
      const { signal } = new AbortController();
      for (let guest = 0; guest < GUESTS; guest += 1) {
        await pace.take({ signal, touch: () => undefined });
        begun.push({ host, at: time.now().getTime() });
      }
    });
    const all = Promise.all(hosts);
    for (let isOver = false; !isOver;) {
      await settled();
      isOver = !time.tick();
    }
    await all;
    expect(begun).toHaveLength(HOSTS * GUESTS);
    const times = begun.map(({ at }) => at);
    times.forEach((at, first) => {
      const after = times[first + perMinute];
      if (after !== undefined) expect(after - at).toBeGreaterThanOrEqual(60_000);
    });
    // Each host had its turn before any had its fourth.
    expect(new Set(begun.slice(0, 3 * HOSTS).map(({ host }) => host)).size).toBe(HOSTS);
  });

  it("lets nobody wait whose run is over, and gives its turn to the next", async () => {
    const time = fakeTime();
    const pace = openGuestPace({ perMinute: 1, ...time });
    const [gone, stays] = [new AbortController(), new AbortController()];
    const touch = () => undefined;
    await pace.take({ signal: stays.signal, touch });
    const first = pace.take({ signal: gone.signal, touch });
    const second = pace.take({ signal: stays.signal, touch });
    gone.abort(new Error("over"));
    await expect(first).rejects.toThrow("over");
    for (let ticks = 0; ticks < 200; ticks += 1) {
      await settled();
      time.tick();
    }
    await second;
    expect(time.now().getTime()).toBeGreaterThanOrEqual(60_000);
  });
});
