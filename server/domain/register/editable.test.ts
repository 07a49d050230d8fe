import { describe, expect, it } from "vitest";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { exportDocument } from "./export/export.ts";
import { readPlain, readRegisterText } from "./read.ts";
import type { RecordContent } from "./record.ts";
import { addableFields, recordFields, withFields } from "./editable.ts";
import { readsBack } from "./record-form.ts";
import { recordsIn } from "./records.ts";

const contents = FIXTURES.flatMap((name) =>
  readRegisterText(readFixture(name), null)
    .documents.flatMap(recordsIn)
    .map(({ code, content }) => [`${name} ${code}`, content] as const),
);

const item = (over: object = {}): RecordContent => ({
  kind: "item",
  item: {
    id: "H-1",
    kind: "H",
    refsText: "D-064",
    title: "Broker copies",
    trigger: null,
    parts: [
      { kind: "text", label: null, text: "A body." },
      { kind: "text", label: "FIX", text: "Write it down." },
      {
        kind: "block",
        label: "CHECK",
        note: "read-only",
        host: "jumphost",
        language: "bash",
        script: "true",
      },
    ],
    ...over,
  },
});

const edit = (texts: Record<string, string | null>, content = item()) =>
  withFields(content, new Map(Object.entries(texts)));

function done(texts: Record<string, string | null>, content = item()): RecordContent {
  const answer = edit(texts, content);
  if ("refusal" in answer) throw new Error(answer.refusal.says);
  return answer.content;
}

describe("the fields of a record", () => {
  it.each(contents)("%s have keys of their own, and an edit of nothing changes nothing", (_name, content) => {
    const fields = recordFields(content);
    expect(new Set(fields.map(({ key }) => key)).size).toBe(fields.length);
    expect(done({}, content)).toEqual(content);
    const same = fields.filter(({ canEdit, text }) => canEdit && text === text.trim() && text !== "");
    expect(done(Object.fromEntries(same.map(({ key, text }) => [key, text])), content)).toEqual(content);
  });

  it("are found again after an edit", () => {
    const changed = done({ title: "Another", "part:FIX": "Do\nthis", "script:CHECK": "false" });
    expect(recordFields(changed).map(({ key, text }) => [key, text])).toEqual([
      ["title", "Another"],
      ["refs", "D-064"],
      ["part:", "A body."],
      ["part:FIX", "Do\nthis"],
      ["script:CHECK", "false"],
    ]);
  });

  it("can be taken out and put in where they belong", () => {
    const without = done({ "part:": null });
    expect(recordFields(without).map(({ key }) => key)).not.toContain("part:");
    const again = done({ "part:": "A body.", "part:ACCEPT": "it is so" }, without);
    expect(recordFields(again).map(({ key }) => key)).toEqual([
      "title",
      "refs",
      "part:",
      "part:FIX",
      "script:CHECK",
      "part:ACCEPT",
    ]);
    expect(addableFields(again).map(({ label }) => label)).toEqual(["RULE ON RESULT", "TRIGGER"]);
  });

  it.each<[Record<string, string | null>, string]>([
    [{ title: "" }, "empty"],
    [{ title: null }, "empty"],
    [{ title: "two\nlines" }, "one line"],
    [{ title: "two\u2028lines" }, "one line"],
    [{ refs: "D-1\r" }, "one line"],
    [{ nothing: "x" }, "no such field"],
    [{ __proto__x: "x" }, "no such field"],
    [{ "part:FIX#2": "x" }, "no such field"],
    [{ id: "H-2" }, "no such field"],
  ])("refuse %j", (texts, says) => {
    const answer = edit(texts);
    expect("refusal" in answer ? answer.refusal.says : "").toContain(says);
  });

  it("of a decision and a ledger row leave its status to rulings and moves", () => {
    const decision: RecordContent = {
      kind: "decision",
      decision: {
        id: "D-064",
        title: "T",
        generation: "new",
        tags: [],
        fields: [{ label: "Status", text: "PROPOSED" }],
      },
    };
    expect(edit({ "field:Status": "ADOPTED" }, decision)).toHaveProperty("refusal");
    const row: RecordContent = {
      kind: "ledger_row",
      head: ["ID", "Title", "State"],
      cells: ["SEC-1", "x", "open"],
    };
    expect(edit({ "cell:2": "closed" }, row)).toHaveProperty("refusal");
    expect(edit({ "cell:0": "SEC-2" }, row)).toHaveProperty("refusal");
    expect(done({ "cell:1": "y" }, row)).toMatchObject({ cells: ["SEC-1", "y", "open"] });
  });
});

describe("a field that a decision did not have", () => {
  const path = "docs/design-decisions.md";
  const text = readFixture("design-decisions.md");
  const records = recordsIn(readPlain(text, path));
  const given = (code: string, texts: Record<string, string | null>) =>
    exportDocument(
      { path, text },
      records.map((record) => {
        const answer = record.code === code ? edit(texts, record.content) : record;
        if ("refusal" in answer) throw new Error(answer.refusal.says);
        return { key: record.key, section: record.section, shown: answer.content };
      }),
    );

  it.each(["D-081", "D-087"])("is written behind the others of %s, and no other line changes", (code) => {
    const lines = given(code, { "field:Validation": "Read twice.\n\nOn 2026-09-18." }).split("\n");
    const before = text.split("\n");
    const at = lines.findIndex((line) => line === "**Validation:** Read twice.");
    expect(at).toBeGreaterThan(0);
    const from = recordsIn(readPlain(text, path)).find((one) => one.code === code)?.lines;
    expect(lines.slice(0, (from?.first ?? 0) - 1)).toEqual(before.slice(0, (from?.first ?? 0) - 1));
    const behind = before.slice(from?.last);
    expect(lines.slice(-behind.length)).toEqual(behind);
    const again = recordsIn(readPlain(lines.join("\n"), path)).find((one) => one.code === code);
    expect(again?.content.kind === "decision" && again.content.decision.fields.at(-1)).toEqual({
      label: "Validation",
      text: "Read twice.\n\nOn 2026-09-18.",
    });
  });

  it("is none that it has, none that a ruling writes, and nothing where it is left empty", () => {
    const old = records.find(({ code }) => code === "D-081")?.content ?? item();
    expect(addableFields(old).map(({ label }) => label)).toEqual([
      "Validation",
      "Mechanism",
      "Related",
      "Supersedes",
    ]);
    expect(edit({ "field:Validation": "  " }, old)).toEqual({ content: old });
    expect(edit({ "field:Status": "ADOPTED" }, old)).toHaveProperty("refusal");
    const forged = edit({ "field:Related": "D-012\n\n**Status:** ADOPTED" }, old);
    expect("content" in forged && readsBack(forged.content)).toBe(false);
  });
});

describe("a record in its form", () => {
  it.each(contents.filter(([, content]) => content.kind === "item"))(
    "%s reads back as it is",
    (_name, content) => {
      expect(readsBack(content)).toBe(true);
    },
  );

  it.each([
    ["part:FIX", "Do this.\nACCEPT: something else"],
    ["part:", "FIX: this"],
    ["part:", "Text.\n\nCHECK (read-only) -- jumphost\n```bash\nreboot\n```"],
  ])("with %s as %j would come back as something else", (key, text) => {
    expect(readsBack(done({ [key]: text }))).toBe(false);
  });

  it.each([
    ["part:", "Text.\n\nH-2 -- another item\n"],
    ["part:FIX", "Then\n## 2. Verify-live\nmore"],
    ["part:FIX", "| a | b |\n-- end of register --"],
    ["title", "A title ACCEPT: here"],
  ])("with %s as %j stays one", (key, text) => {
    expect(readsBack(done({ [key]: text }))).toBe(true);
  });

  it("may break its lines elsewhere", () => {
    expect(readsBack(done({ "part:FIX": "Do\nthis\nin three lines." }))).toBe(true);
  });
});
