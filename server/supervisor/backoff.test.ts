import { expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

it.each([
  [0, 500],
  [1, 500],
  [2, 1000],
  [6, 16_000],
  [7, 30_000],
  [1000, 30_000],
])("waits before start %i for %i ms", (attempt, ms) => {
  expect(backoffMs(attempt)).toBe(ms);
});
