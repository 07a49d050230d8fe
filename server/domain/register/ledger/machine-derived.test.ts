import { describe, expect, it } from "vitest";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { newSessionLedger, reseeded, type ScanFacts, seeded } from "./machine-derived.ts";

const LEDGER = { path: "docs/session-ledger.md", text: readFixture("session-ledger.md") };
const AS_SAID: ScanFacts = {
  day: "2026-10-01",
  openDecisions: ["D-087"],
  openRows: ["SEC-011", "SEC-012"],
  nextFree: ["D-093", "DOCFIX-112", "BUNDLEFIX-014", "SEC-013"],
};

describe("the machine-derived section", () => {
  it.each<[string, Partial<ScanFacts>]>([
    ["that still holds", {}],
    ["named in another order", { openRows: ["SEC-012", "SEC-011"] }],
    ["about registers that the console does not have", { openDecisions: null, openRows: null, nextFree: [] }],
  ])("%s stays byte for byte", (_, facts) => {
    expect(reseeded(LEDGER, { ...AS_SAID, ...facts })).toBe(LEDGER.text);
  });

  it.each<[string, Partial<ScanFacts>, string]>([
    ["one more decision", { openDecisions: ["D-087", "D-091"] }, "decisions: D-087, D-091"],
    ["nothing open", { openRows: [] }, "rows: none"],
    ["a number that was taken", { nextFree: ["D-094"] }, "D = 094, DOCFIX = 112, BUNDLEFIX = 014"],
  ])("says %s, under its own heading and as of now", (_, facts, words) => {
    const text = reseeded(LEDGER, { ...AS_SAID, ...facts });
    expect(text).toContain(words);
    expect(text).toContain("*As of 2026-10-01, from the console's registers.*");
    const around = (one: string) => [
      one.slice(0, one.indexOf("*As of")),
      one.slice(one.indexOf("## In flight")),
    ];
    expect(around(text)).toEqual(around(LEDGER.text));
    expect(reseeded({ ...LEDGER, text }, { ...AS_SAID, ...facts })).toBe(text);
  });

  it.each([
    ["carriage returns", (text: string) => text.replaceAll("\n", "\r\n")],
    ["no end of the last line", (text: string) => text.slice(0, text.indexOf("\n\n## In flight"))],
  ])("keeps %s", (_, made) => {
    const text = made(LEDGER.text);
    const given = reseeded({ ...LEDGER, text }, { ...AS_SAID, openRows: ["SEC-011"] });
    expect(given).toContain("- OPEN security rows: SEC-011");
    expect(given.replaceAll("\r\n", "").includes("\n")).toBe(!text.includes("\r"));
    expect(/[\r\n]$/.test(given)).toBe(/[\r\n]$/.test(text));
  });

  it("is put before the narrative of a ledger that has none, once", () => {
    const text = LEDGER.text.replace(/## Machine-derived[\s\S]*?(?=## In flight)/, "");
    const given = seeded({ ...LEDGER, text }, AS_SAID);
    expect(given).toMatch(/---\n\n## Machine-derived \(from the console's registers; do not hand-edit\)\n/);
    expect(given).toMatch(/DOCFIX = 112, BUNDLEFIX = 014\n\n## In flight/);
    expect(seeded({ ...LEDGER, text: given }, AS_SAID)).toBe(given);
  });

  it("touches no document of another kind", () => {
    const text = readFixture("security-ledger.md");
    expect(reseeded({ path: "docs/security-ledger.md", text }, AS_SAID)).toBe(text);
  });

  it("of a new ledger stands over a line for each that is open", () => {
    const text = newSessionLedger(AS_SAID, [{ code: "D-087", title: "Bound the queue" }]);
    expect(text).toContain(
      "D = 093, DOCFIX = 112, BUNDLEFIX = 014\n\n## Open\n\n- D-087 -- Bound the queue\n",
    );
  });
});
