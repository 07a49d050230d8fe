import { describe, expect, it } from "vitest";
import { formatAge, formatDuration, formatElapsed, formatRelative, formatUtc } from "./time-format.ts";

const now = Date.UTC(2026, 10, 22, 12, 0, 0);
const s = 1000;
const min = 60 * s;
const h = 60 * min;
const d = 24 * h;

describe("formatAge", () => {
  it.each([
    [0, "now"],
    [12_000, "12 s"],
    [300_000, "5 min"],
    [3 * 3_600_000, "3 h"],
    [4 * 86_400_000, "4 d"],
    [-5_000_000, "now"],
  ])("of %i ms is %s", (gap, words) => {
    const now = Date.UTC(2026, 10, 22);
    expect(formatAge(now - gap, now)).toBe(words);
  });
});

describe("formatRelative", () => {
  it.each([
    [0, "just now"],
    [4 * s, "just now"],
    [5 * s, "5 s ago"],
    [59 * s, "59 s ago"],
    [60 * s, "1 min ago"],
    [h - 1, "59 min ago"],
    [3 * h, "3 h ago"],
    [47 * h, "47 h ago"],
    [48 * h, "2 d ago"],
    [59 * d, "59 d ago"],
    [60 * d, "2026-09-23"],
    [-10 * min, "in 10 min"],
  ])("%d ms before now is %j", (gap, words) => {
    expect(formatRelative(now - gap, now)).toBe(words);
  });
});

describe("formatDuration", () => {
  it.each([
    [-5, "0 ms"],
    [420, "420 ms"],
    [8449, "8.4 s"],
    [9999, "9.9 s"],
    [59_999, "59 s"],
    [187 * s, "3 m 07 s"],
    [2 * h + 5 * min, "2 h 05 m"],
    [76 * h, "3 d 04 h"],
  ])("%d ms is %j", (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });
  it("counts whole seconds while it runs", () => {
    expect([formatElapsed(900), formatElapsed(8449), formatElapsed(61 * s)]).toEqual([
      "0 s",
      "8 s",
      "1 m 01 s",
    ]);
  });
});

it("writes absolute times in UTC", () => {
  expect(formatUtc(now)).toBe("2026-11-22 12:00:00 UTC");
});
