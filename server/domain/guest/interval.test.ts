import { describe, expect, it } from "vitest";
import { pauseAfterLook } from "./interval.ts";

const at = (seconds: number) => new Date(seconds * 1000);

describe("pauseAfterLook", () => {
  it.each<[string, number, { failed: boolean; triedAt: Date; readAt: Date | null }, number]>([
    ["that went well", 300, { failed: false, triedAt: at(9000), readAt: at(0) }, 300],
    ["that failed for the first time", 300, { failed: true, triedAt: at(300), readAt: at(0) }, 300],
    ["that failed for the second time", 300, { failed: true, triedAt: at(600), readAt: at(0) }, 600],
    ["that failed for hours", 60, { failed: true, triedAt: at(90_000), readAt: at(0) }, 3600],
    ["that never went well", 60, { failed: true, triedAt: at(90_000), readAt: null }, 60],
    ["by a clock that was set back", 60, { failed: true, triedAt: at(0), readAt: at(500) }, 60],
  ])("after a look %s", (...[, interval, look, pause]) => {
    expect(pauseAfterLook(interval, look)).toBe(pause);
  });

  it("waits longer each time that a host cannot be read, and never longer than an hour", () => {
    let triedAt = 60;
    const pauses = Array.from({ length: 10 }, () => {
      const pause = pauseAfterLook(60, { failed: true, triedAt: at(triedAt), readAt: at(0) });
      triedAt += pause;
      return pause;
    });
    expect(pauses).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
  });
});
