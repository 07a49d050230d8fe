import { expect, test } from "vitest";
import { type BoardCell, decodeBoardCell, encodeBoardCell } from "./schema.ts";

const cells: BoardCell[] = [
  null,
  { state: "open", at: null, jobId: null, by: null, isEmergency: false },
  {
    state: "passed",
    at: 1_795_421_000_000,
    jobId: "6f2d8c1e-1111-4222-8333-944455556666",
    by: 12,
    isEmergency: false,
  },
  { state: "waiting", at: 0, jobId: "6f2d8c1e-1111-4222-8333-944455556666", by: 0, isEmergency: true },
];

test.each(cells)("%j comes back as it went", (cell) => {
  expect(decodeBoardCell(encodeBoardCell(cell))).toEqual(cell);
});

test.each(["", "locked - -", "nonsense", "Passed 1 x"])("%j promises nothing", (text) => {
  expect(decodeBoardCell(text)).toBeNull();
});
