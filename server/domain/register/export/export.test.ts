import { describe, expect, it } from "vitest";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { readPlain } from "../read.ts";
import type { RecordContent } from "../record.ts";
import { withFields } from "../record-fields.ts";
import { withStanding } from "../record-standing.ts";
import { recordsIn } from "../records.ts";
import { type ExportedRecord, exportDocument } from "./export.ts";

const heldOf = (text: string): ExportedRecord[] =>
  recordsIn(readPlain(text, "x.md")).map((record) => ({ ...record, shown: record.content }));
const give = (text: string, held: readonly ExportedRecord[]) => exportDocument({ path: "x.md", text }, held);

/** Another title, or another scope where a record has none. */
function retitled(content: RecordContent, title: string): RecordContent {
  switch (content.kind) {
    case "item":
      return { kind: "item", item: { ...content.item, title } };
    case "decision":
      return { kind: "decision", decision: { ...content.decision, title } };
    case "ledger_row":
      return { ...content, cells: content.cells.with(1, title) };
    case "change":
      return { kind: "change", entry: { ...content.entry, title } };
    case "running_entry":
      return { kind: "running_entry", entry: { ...content.entry, topic: title } };
    case "finding":
      return { kind: "finding", finding: { ...content.finding, title } };
    case "session":
      return { kind: "session", session: { ...content.session, scope: title } };
  }
}

describe.each(FIXTURES)("%s", (name) => {
  for (const end of ["\n", "\r\n"]) {
    const text = readFixture(name).replaceAll("\n", end);
    it(`comes back byte for byte when nobody changed it, with ${JSON.stringify(end)}`, () => {
      expect(give(text, heldOf(text))).toBe(text);
      const cut = text.trimEnd();
      expect(give(cut, heldOf(cut))).toBe(cut);
    });
  }

  const text = readFixture(name);
  const lines = text.split("\n");
  for (const { key, lines: own } of recordsIn(readPlain(text, name))) {
    it(`changes only the lines of ${key} when that is edited`, () => {
      const held = heldOf(text).map((record) =>
        record.key === key ? { ...record, shown: retitled(record.shown, "Another title") } : record,
      );
      const given = give(text, held);
      const after = given.split("\n");
      expect(after.slice(0, own.first - 1)).toEqual(lines.slice(0, own.first - 1));
      const behind = lines.length - own.last;
      expect(after.slice(after.length - behind)).toEqual(lines.slice(own.last));
      expect(given).toContain("Another title");
    });
  }

  it("reads back as what the console had, whatever was edited, added and taken out", () => {
    const held = heldOf(text);
    if (held.length < 2) return;
    const [first, ...rest] = held.map((record, at) =>
      at % 2 === 0 ? { ...record, shown: retitled(record.shown, `Title ${at}`) } : record,
    );
    if (first === undefined) throw new Error("no record");
    const given = give(text, rest);
    expect(recordsIn(readPlain(given, name)).map(({ content }) => content.kind)).toEqual(
      rest.map(({ shown }) => shown.kind),
    );
    const again = give(given, [...rest.slice(1), { ...first, key: "new" }]);
    const read = recordsIn(readPlain(again, name));
    expect(read).toHaveLength(rest.length);
    expect(again).toContain("Title 0");
  });
});

describe("where a record stands in the console", () => {
  const standing = { ownerName: "Mara Manager", dueOn: "2026-12-01", on: "2026-09-18" };
  it.each<[string, string, string, string]>([
    ["H-1 (X-1) -- a", "done", "H-1 (X-1) -- DONE: a", "done"],
    ["H-1 (X-1) -- DONE: a", "open", "H-1 (X-1) -- a", "open"],
    ["H-1 -- a", "in_progress", "H-1 -- IN PROGRESS: a", "in_progress"],
    ["V-1 -- a", "retired", "V-1 -- RETIRED: a", "retired"],
    ["V-1 -- a", "passed", "V-1 -- a", "open"],
    ["V-3 -- AUTOMATED (no action): a", "retired", "V-3 -- AUTOMATED (no action): a", "retired"],
    ["R-1 -- a", "adopted", "R-1 -- ADOPTED: a", "adopted"],
    ["C-1 a", "done", "C-1 DONE: a", "done"],
  ])("%s, %s", (line, ...[state, expected, read]) => {
    const text = `# Handoff\n\n## 1. All\n\n${line}\n`;
    const given = give(text, moved(text, state));
    expect(given).toBe(text.replace(line, expected));
    expect(recordsIn(readPlain(given, "x.md"))[0]?.state).toBe(read);
    // What was written comes back as the same: nothing to ask about.
    expect(give(given, moved(given, state))).toBe(given);
  });

  function moved(text: string, state: string): ExportedRecord[] {
    return recordsIn(readPlain(text, "x.md")).map((record) => {
      const to = record.kind === "V" && state === "passed" ? "passed" : stateNamed(state);
      return { ...record, shown: withStanding(record.content, { ...standing, state: to }) };
    });
  }
  const stateNamed = (state: string) =>
    (["done", "open", "in_progress", "retired", "adopted", "superseded", "closed"] as const).find(
      (one) => one === state,
    ) ?? "open";

  it("is the status of a decision", () => {
    const text = "## D-100: t\n\n**Status:** PROPOSED/OPEN\n\n**Context / trigger:** c\n";
    expect(give(text, moved(text, "adopted"))).toBe(
      text.replace("PROPOSED/OPEN", "ADOPTED 2026-09-18 (was: PROPOSED/OPEN)"),
    );
    const old = "## D-100: t\n\n**Decision:** d\n";
    expect(give(old, moved(old, "superseded"))).toBe(
      "## D-100: t\n\n**Status:** SUPERSEDED 2026-09-18\n\n**Decision:** d\n",
    );
  });

  it("is the state, owner and date of a row", () => {
    const text =
      "| ID | What | State | Owner | Due |\n| --- | --- | --- | --- | --- |\n| SEC-001 | a | OPEN | - | soon |\n| SEC-002 | b | OPEN | mara manager | by 2026-12-01 |\n";
    const [, , first, second] = give(text, moved(text, "closed")).split("\n");
    expect(first).toBe("| SEC-001 | a | CLOSED 2026-09-18 | Mara Manager | 2026-12-01 |");
    expect(second).toBe("| SEC-002 | b | CLOSED 2026-09-18 | mara manager | by 2026-12-01 |");
    const plain = "| ID | What |\n| --- | --- |\n| SEC-001 | a |\n";
    expect(give(plain, moved(plain, "closed"))).toBe(plain);
  });
});

describe("fields taken from another record", () => {
  it.each(FIXTURES)("of %s are those that were named and no others", (name) => {
    const records = recordsIn(readPlain(readFixture(name), name));
    for (const { content } of records) {
      const other = retitled(content, "Another title");
      expect(withFields(content, other, new Set())).toEqual(content);
      const names = ["title", "what", "description", "scope", "finding", "item", "issue", "risk"];
      expect(withFields(content, other, new Set(names))).toEqual(other);
    }
  });
});
