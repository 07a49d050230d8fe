import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { CATALOGUE } from "../operation/catalogue.ts";
import { readRunbookText } from "../runbook/foreign/document.ts";
import { parseRunbook } from "../runbook/parse.ts";
import { type Marker, NOTHING_PROVEN } from "./compute.ts";
import { validationTable, withTable } from "./table.ts";

const source = readFileSync(resolve("runbooks/tenant-onboarding.md"), "utf8");
const parse = (text: string) => {
  const { runbook } = parseRunbook(text, CATALOGUE);
  if (!runbook) throw new Error("The runbook does not parse.");
  return runbook;
};
const runbook = parse(source);
const at = new Date("2026-07-01T12:00:00Z");
const run = { jobId: "j", number: 12, tenantId: "t", finishedAt: at, requestedBy: "ada", approvedBy: null };
const refutedBy = { code: "H-4", says: "No", itemId: "i", jobId: null };
const MARKERS = new Map<string, Marker>([
  ["0", { ...NOTHING_PROVEN, kind: "validated", grade: "reproduced", at, run }],
  ["1", { ...NOTHING_PROVEN, kind: "corrected_pending", before: { grade: "reproduced", at } }],
  ["2", { ...NOTHING_PROVEN, grade: "read_through", at, readBy: ["Rita"] }],
  ["3", { ...NOTHING_PROVEN, handRun: { jobId: "j", number: 13, at, pastedBy: [] }, isByHand: true }],
  ["2.5", { ...NOTHING_PROVEN, kind: "refuted", at, refutedBy }],
]);
const table = validationTable(runbook, MARKERS, "omega");

it("has a row for every stage in the words of runbooks, and is read back as they are", () => {
  expect(table).toContain("| Stage | What | Status |");
  expect(table).toContain(
    "| 0 | Operator pre-flight | [VALIDATED 2026-07-01] (commands reproduced, job 12) |",
  );
  expect(table).toContain("| [CORRECTED-PENDING] |");
  expect(table).toContain("[PROCEDURE-PENDING] (read through 2026-07-01 by Rita)");
  expect(table).toContain("[PROCEDURE-PENDING] (done by hand 2026-07-01, job 13, not reproduced)");
  expect(table).toContain("[CORRECTED-PENDING] (refuted 2026-07-01 by H-4)");
  const { document } = readRunbookText(`# Foreign\n\n${table}\n`, CATALOGUE);
  expect(document.table.map(({ key }) => key)).toEqual(runbook.stages.map(({ key }) => key));
});

it("goes into the document once, and demotes nothing", () => {
  const once = withTable(source, table);
  expect(parse(once).stages.map(({ hash }) => hash)).toEqual(runbook.stages.map(({ hash }) => hash));
  expect(once.replace(`${table}\n`, "")).toBe(source);
  const later = validationTable(runbook, new Map(), "kappa");
  const twice = withTable(once, later);
  expect(twice.split("| Stage | What | Status |")).toHaveLength(2);
  expect(twice).not.toContain("VALIDATED");
  expect(twice.replace(later.trimEnd(), table.trimEnd())).toBe(once);
});

it("a document without stages gets it at its end", () => {
  expect(withTable("# Words\n", table)).toBe(`# Words\n${table}\n`);
});
