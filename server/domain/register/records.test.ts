import { describe, expect, it } from "vitest";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { readRegisterText } from "./read.ts";
import { type DocumentRecord, recordsIn } from "./records.ts";

function recordsOf(text: string): DocumentRecord[] {
  return readRegisterText(text, null).documents.flatMap(recordsIn);
}

const handoff = (...items: string[]) => `# Handoff\n\n## 1. All\n\n${items.join("\n\n")}\n`;

function only(text: string): DocumentRecord {
  const [record, ...more] = recordsOf(text);
  if (record === undefined || more.length > 0)
    throw new Error(`read as ${1 + more.length} records:\n${text}`);
  return record;
}

describe("records of a document", () => {
  it.each(FIXTURES.filter((name) => name !== "session-ledger.md"))("of %s have keys of their own", (name) => {
    const records = recordsOf(readFixture(name));
    expect(records.length).toBeGreaterThan(1);
    expect(new Set(records.map(({ key }) => key)).size).toBe(records.length);
    expect(records.map(({ position }) => position)).toEqual(records.map((_, at) => at + 1));
    for (const { code, title } of records) expect([code, title]).not.toContain("");
  });

  it.each<[string, string]>([
    ["H-1 -- set the timeout", "open"],
    ["H-1 -- DONE: set the timeout", "done"],
    ["H-1 -- SUPERSEDED by H-2", "dropped"],
    ["H-1 -- DEFERRED until winter", "deferred"],
    ["H-1 -- done is better than perfect", "open"],
    ["V-3 -- AUTOMATED (no action): channels", "retired"],
    ["V-3 -- DONE, they say", "open"],
    ["V-3 -- RISK-ACCEPTED until June", "risk_accepted"],
    ["R-1 -- RULED: adopt", "adopted"],
    ["R-1 -- DEFERRED", "deferred"],
    ["C-1 DONE publish the tag", "done"],
    ["- DONE more nodes: when needed", "dropped"],
  ])("%s begins as %s", (line, state) => {
    const section = line.startsWith("-") ? "# Handoff\n\n## 6. Deferred\n\n" : "# Handoff\n\n## 1. All\n\n";
    expect(only(`${section}${line}\n`).state).toBe(state);
  });

  it.each([
    ["**Status:** ADOPTED 2026-01-01", "adopted"],
    ["**Status:** PROPOSED/OPEN", "proposed"],
    ["**Status:** who knows", "proposed"],
    ["**Context / trigger:** none", "proposed"],
    ["**Decision:** as before\n\n**Consequences:** none", "adopted"],
  ])("a decision with %s is %s", (fields, state) => {
    expect(only(`## D-100: t\n\n${fields}\n`).state).toBe(state);
  });

  it.each([
    ["OPEN", "open"],
    ["", "open"],
    ["closed 2026-01-01", "closed"],
    ["risk accepted", "risk_accepted"],
  ])("a row that says %j is %s", (cell, state) => {
    const text = `| ID | What | State | Due | Owner |\n| --- | --- | --- | --- | --- |\n| SEC-001 | a | ${cell} | 2026-02-30 | - |\n`;
    expect(only(text)).toMatchObject({ state, dueOn: null, ownerName: null });
  });

  it("know an owner, a date, a trigger, and whom another has to differ from", () => {
    const row = "| ID | Owner | Due |\n| --- | --- | --- |\n| SEC-001 | Mara Manager | by 2026-03-01 |\n";
    expect(only(row)).toMatchObject({ ownerName: "Mara Manager", dueOn: "2026-03-01", kind: "ledger_row" });
    const second = only(handoff("V-2 -- custody\n  Someone other than Olivia Operator must hold the key."));
    expect(second.differsFrom).toBe("Olivia Operator");
    const later = only("# Handoff\n\n## 6. Deferred\n\n- a second region: revisit 2027-01-01\n");
    expect(later).toMatchObject({ trigger: { kind: "date" }, state: "waiting" });
  });

  it("propose links with the sentence that says so", () => {
    const text = handoff("V-2 -- custody\n  It needs H-1 first. It mentions D-060.", "H-1 -- a");
    expect(recordsOf(text)[0]?.links).toEqual([
      { kind: "blocked_by", to: "H-1", because: "It needs H-1 first." },
      { kind: "mentions", to: "D-060", because: "It mentions D-060." },
    ]);
    const decision = only("## D-100: t\n\n**Status:** ADOPTED. It supersedes D-099 here. More.\n");
    expect(decision.links).toEqual([
      { kind: "supersedes", to: "D-099", because: expect.stringContaining("D-099") },
    ]);
  });

  it("stay within what an index takes, whatever they hold", () => {
    const long = "word ".repeat(100_000);
    const [first, second] = recordsOf(`# Handoff\n\n## 6. Deferred\n\n- ${long}: when\n- ${long}: when\n`);
    for (const record of [first, second]) {
      expect(record?.key.length).toBeLessThan(300);
      expect(record?.title.length).toBeLessThanOrEqual(2000);
      expect(record?.words.length).toBeLessThanOrEqual(200_000);
    }
    expect(first?.key).not.toBe(second?.key);
    expect(recordsOf(handoff("H-1 -- one", "H-1 -- two")).map(({ key }) => key)).toEqual(["H-1", "H-1 (2)"]);
  });

  it("are none in what is not understood", () => {
    expect(recordsOf("# Something\n\nelse\n")).toEqual([]);
    expect(recordsOf("")).toEqual([]);
  });
});

describe("what nobody should send", () => {
  it.each<[string, string]>([
    ["empty lines", "\n".repeat(300_001)],
    ["old line ends", "\r".repeat(300_001)],
    ["both", "\r\n".repeat(300_001)],
    ["items", "H-1 -- a\n".repeat(300_001)],
    [
      "items in one line",
      `# Handoff STATUS SNAPSHOT at handoff: x ${" H-1 -- a".repeat(10)}${"\n".repeat(300_001)}`,
    ],
  ])("is refused before it is read: %s", (_name, text) => {
    const { documents, diagnostics, isExact } = readRegisterText(text, null);
    expect({ documents, isExact }).toEqual({ documents: [], isExact: false });
    expect(diagnostics.map(({ code }) => code)).toEqual(["document.too_long"]);
  });

  it("costs as much as it is long, whatever its shape", () => {
    const size = 100_000;
    const table = "| ID |\n| --- |\n| SEC-001 |\n\n";
    const shapes = [
      table,
      "## D-001: t\n\nsupersedes D-002\n",
      "### 1. D-001 -- t\n",
      "H-1 -- a\n",
      "- a: when b\n",
    ];
    for (const shape of shapes) {
      const time = (length: number) => {
        const text = shape.repeat(Math.ceil(length / shape.length));
        const before = performance.now();
        recordsOf(text);
        return performance.now() - before;
      };
      time(size);
      // Four times as long takes four times as long; what is quadratic takes sixteen times.
      expect(time(4 * size) / Math.max(time(size), 1), shape).toBeLessThan(14);
    }
  });
});
