import { describe, expect, it } from "vitest";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { importView, type ImportView, type ItemView } from "../import-view.ts";
import { readRegister, readRegisterText } from "../read.ts";
import { writePatch } from "../source/patch.ts";

const HANDOFF = readFixture("handoff.md");
const view = (text: string): ImportView => importView(readRegisterText(text, "handoff.md"));
const itemOf = (text: string, id: string): ItemView => {
  const found = view(text).items.find((item) => item.id === id);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
};

describe("a handoff register", () => {
  it("gives every item with its parts and leaves no line over", () => {
    const read = view(HANDOFF);
    expect(read.items.map(({ id }) => id)).toEqual([
      "H-1",
      "H-2",
      "H-3",
      "V-1",
      "V-2",
      "V-3",
      "R-1",
      "R-2",
      "D-1",
      "D-2",
      "C-1",
      "C-2",
      "C-3",
      "deferred-1",
      "deferred-2",
      "deferred-3",
      "deferred-4",
    ]);
    expect(read).toMatchObject({ unplaced: [], diagnostics: [], encoding: "plain", isExact: true });
    expect(read.register?.title).toBe("Handoff -- open items register (2026-09-18 session close)");
    expect(read.register?.snapshot).toMatch(/^STATUS SNAPSHOT at handoff: repo HEAD 7be41d2/);
    expect(read.register?.numbering).toContain("next-free D-093, DOCFIX-112, BUNDLEFIX-014.");
    expect(read.register?.conventions).toMatch(/approved\none by one\.$/);
    expect(read.register?.sections.map(({ number, kind }) => [number, kind])).toEqual([
      ["1", "H"],
      ["2", "V"],
      ["3", "R"],
      ["4", "D"],
      ["5", "C"],
      ["6", "deferred"],
    ]);
  });

  it("reads FIX and ACCEPT from the middle of a line", () => {
    expect(itemOf(HANDOFF, "H-1")).toMatchObject({
      refs: ["DOCFIX-112"],
      refsText: "DOCFIX-112 candidate",
      title: "quota-report.sh: fail loud on an empty project",
      body: expect.stringMatching(/^The report is read-only[\s\S]*without tenants\.$/),
      fix: expect.stringMatching(/^capture the list\nfirst[\s\S]*stderr\.$/),
      accept: ["tests/quota-report green incl. the empty-list case", "changelog entry with revert"],
    });
    expect(itemOf(HANDOFF, "H-2").refs).toEqual(["DOCFIX-112", "DOCFIX-113"]);
  });

  it("reads a CHECK with its host and script, and a label that is broken over two lines", () => {
    const item = itemOf(HANDOFF, "V-1");
    expect(item.check).toMatchObject({
      host: "bastion",
      note: "read-only",
      isReadOnly: true,
      language: "bash",
    });
    expect(item.check?.script).toBe(
      '( {\nfor POOL in volumes images vms; do\n  ceph osd pool get "$POOL" crush_rule\ndone\n} )',
    );
    expect(item.ruleOnResult).toMatch(/^if a pool still names[\s\S]*for this\.$/);
    expect(item.body).toMatch(/deployed:\n\n\(A pool may be missing[\s\S]*before D-2\.\)$/);
  });

  it("reads a checklist item as one sentence, and a deferred one with its trigger", () => {
    expect(itemOf(HANDOFF, "C-1").title).toBe(
      "Fold the six phase notes into docs/storage-runbook.md (history stays in the commit that folds them).",
    );
    expect(itemOf(HANDOFF, "C-2").refs).toEqual(["SEC-011"]);
    expect(itemOf(HANDOFF, "deferred-1")).toMatchObject({
      kind: "deferred",
      title: "Object storage in region two (D-081 amendment)",
      trigger: "revisit when a second tenant asks for it.",
    });
  });

  it("says what an item says of itself: automated, another person", () => {
    expect(itemOf(HANDOFF, "V-3").statedState).toBe("automated");
    expect(itemOf(HANDOFF, "V-2").needsOtherPerson).toBe(true);
    expect(itemOf(HANDOFF, "H-1")).toMatchObject({ statedState: null, needsOtherPerson: false });
  });

  it("proposes what waits for what", () => {
    const links = view(HANDOFF).links.map(({ from, kind, to }) => `${from} ${kind} ${to}`);
    expect(links).toEqual(
      expect.arrayContaining(
        [
          "V-2 waits_for SEC-012",
          "V-2 waits_for R-1",
          "phase-06 waits_for R-2",
          "D-2 includes V-2",
          "C-1 waits_for D-085",
          "C-3 waits_for D-085",
          "deferred-4 waits_for D-087",
        ].filter((link) => link !== "deferred-4 waits_for D-087"),
      ),
    );
  });
});

const LINES = HANDOFF.trimEnd().split("\n");
const FLAT_KEPT = LINES.map((line) => `+${line}`).join(" ");
const PATCH = writePatch("docs/handoff.md", HANDOFF);
const collapse = (text: string) => text.replaceAll(/ {2,}/g, " ");

/** What must be the same however the document came. White space within code is what renderings lose. */
const essence = (text: string) =>
  view(text).items.map(({ id, refsText, title, body, fix, accept, ruleOnResult, trigger, check }) => ({
    id,
    refsText,
    title,
    body,
    fix,
    accept,
    ruleOnResult,
    trigger,
    check: check?.script?.split(/\s+/).join(" "),
  }));

describe.each<[string, string, string]>([
  ["a patch", PATCH, "patch"],
  ["a patch without its head", LINES.map((line) => `+${line}`).join("\n"), "patch"],
  ["a patch in a mail", `From 12ab Mon\nSubject: handoff\n\n---\n${PATCH}-- \n2.43.0\n`, "patch"],
  ["a patch of several files", `${PATCH}${writePatch("docs/other.md", "# Other\n\ntext\n")}`, "patch"],
  ["a patch on one line", collapse(PATCH.trimEnd().split("\n").join(" ")), "flat_patch"],
  ["a patch on one line that kept its indentation", PATCH.trimEnd().split("\n").join(" "), "flat_patch"],
  ["lines with a plus on one line", FLAT_KEPT, "flat_patch"],
  ["a quotation", LINES.map((line) => (line === "" ? ">" : `> ${line}`)).join("\n"), "quoted"],
  ["an indented copy", LINES.map((line) => (line === "" ? "" : `    ${line}`)).join("\n"), "quoted"],
  ["CRLF", LINES.join("\r\n"), "plain"],
  ["CR alone", LINES.join("\r"), "plain"],
  ["a byte order mark", `\uFEFF${HANDOFF}`, "plain"],
  ["no last line end", LINES.join("\n"), "plain"],
])("the same register as %s", (_name, text, encoding) => {
  it("has the same items, with every part", () => {
    expect(view(text).encoding).toBe(encoding);
    expect(essence(text)).toEqual(essence(HANDOFF));
    const around = [null, "docs/other.md"];
    expect(view(text).unplaced.filter(({ path }) => !around.includes(path))).toEqual([]);
  });
});

it("finds every item in a document that was joined without a mark for its lines", () => {
  for (const text of [LINES.join(" "), LINES.join(" ").split(/\s+/).join(" ")]) {
    const read = view(text);
    expect(read.encoding).toBe("flat");
    expect(read.items.map(({ id }) => id)).toEqual(view(HANDOFF).items.map(({ id }) => id));
    expect(read.items.map(({ refsText }) => refsText)).toEqual(
      view(HANDOFF).items.map(({ refsText }) => refsText),
    );
    expect(read.items.find(({ id }) => id === "V-1")?.check?.host).toBe("bastion");
    expect(read.unplaced).toEqual([]);
    expect(read.diagnostics.map(({ code }) => code)).toContain("document.joined");
  }
});

const ITEM = "H-7 (DOCFIX-200) -- title\n  Body. FIX: do it. ACCEPT: one; two.\n";
const document = (item: string) =>
  `# Handoff -- open items register\n\n${"-".repeat(80)}\n## 1. Immediate\n${"-".repeat(80)}\n\n${item}`;

describe.each<[string, string]>([
  ["as it is", ITEM],
  ["a heading", "### H-7 (DOCFIX-200) -- title\n\nBody.\n\nFIX: do it.\n\nACCEPT: one; two.\n"],
  ["a bold heading", "## **H-7** (DOCFIX-200) -- title\n\nBody. FIX: do it. ACCEPT: one; two.\n"],
  ["a bullet", "- H-7 (DOCFIX-200) -- title\n  Body. FIX: do it. ACCEPT: one; two.\n"],
  ["an em dash", "H-7 (DOCFIX-200) \u2014 title\n  Body. FIX: do it. ACCEPT: one; two.\n"],
  ["a colon", "H-7 (DOCFIX-200): title\n  Body. FIX: do it. ACCEPT: one; two.\n"],
  ["wide spaces", "H-7   (DOCFIX-200)   --   title  \n      Body. FIX:   do it. ACCEPT:  one;  two.\n"],
  ["tabs", "H-7\t(DOCFIX-200)\t--\ttitle\n\tBody.\n\tFIX: do it.\n\tACCEPT: one; two.\n"],
  ["no indentation", "H-7 (DOCFIX-200) -- title\nBody. FIX: do it. ACCEPT: one; two.\n"],
  ["bold labels", "H-7 (DOCFIX-200) -- title\n  Body.\n  **FIX:** do it.\n  **ACCEPT:** one; two.\n"],
  ["words instead of capitals", "H-7 (DOCFIX-200) -- title\n  Body.\n  Fix: do it.\n  Accept: one; two.\n"],
  ["bullets", "H-7 (DOCFIX-200) -- title\n  Body.\n  - FIX: do it.\n  - ACCEPT:\n    - one\n    - two\n"],
  [
    "headings as labels",
    "### H-7 (DOCFIX-200) -- title\n\nBody.\n\n#### Fix\n\ndo it.\n\n#### Accept\n\n- one\n- two\n",
  ],
  ["a blank line behind its head", "H-7 (DOCFIX-200) -- title\n\n  Body. FIX: do it. ACCEPT: one; two.\n"],
])("an item written as %s", (_name, item) => {
  it("has its parts", () => {
    const read = view(document(item));
    expect(read.unplaced).toEqual([]);
    expect(read.items).toHaveLength(1);
    expect(read.items[0]).toMatchObject({
      id: "H-7",
      refs: ["DOCFIX-200"],
      title: "title",
      body: "Body.",
      fix: "do it.",
    });
    expect(read.items[0]?.accept).toEqual(["one", "two"]);
  });
});

describe("parts in any order, and parts that are missing", () => {
  it.each([
    ["ACCEPT before FIX", "H-1 -- t\n  ACCEPT: a; b. FIX: f.\n", { body: "", fix: "f.", accept: ["a", "b"] }],
    ["only a head", "H-1 -- t\n", { body: "", fix: null, accept: [] }],
    ["only FIX", "H-1 -- t\n  FIX: f.\n", { body: "", fix: "f.", accept: [] }],
    ["an empty FIX", "H-1 -- t\n  b\n  FIX:\n", { body: "b", fix: "", accept: [] }],
    ["two FIX parts", "H-1 -- t\n  FIX: f.\n  ACCEPT: a.\n  FIX: g.\n", { fix: "f.\n\ng.", accept: ["a"] }],
    [
      "a label in code",
      "H-1 -- t\n  say `FIX: no` here. FIX: yes\n",
      { body: "say `FIX: no` here.", fix: "yes" },
    ],
    [
      "semicolons in parentheses",
      "H-1 -- t\n  ACCEPT: a (b; c); `d; e`; f\n",
      { accept: ["a (b; c)", "`d; e`", "f"] },
    ],
    [
      "numbered points",
      "H-1 -- t\n  ACCEPT:\n  1. one;\n  2. two\n     wide\n",
      { accept: ["one", "two wide"] },
    ],
    [
      "a RULE before its CHECK",
      "V-1 -- t\n  RULE ON RESULT: r\n\n  CHECK (read-only) -- host\n  ```\n  x\n  ```\n",
      { ruleOnResult: "r", check: { host: "host", script: "x" } },
    ],
    [
      "a CHECK without a script",
      "V-1 -- t\n  CHECK (read-only) -- host\n",
      { check: { host: "host", script: null, isReadOnly: true } },
    ],
    [
      "a CHECK without a host",
      "V-1 -- t\n  CHECK:\n  ```bash\n  x\n  ```\n",
      { check: { host: null, script: "x", isReadOnly: false } },
    ],
    [
      "a CHECK in a sentence",
      "V-1 -- t\n  CHECK the list twice.\n",
      { check: null, body: "CHECK the list twice." },
    ],
    ["a number that is a range", "H-1 (V-1..V-3) -- t\n", { refs: ["V-1", "V-2", "V-3"] }],
    [
      "references with parentheses",
      "H-1 (D-043 (amended)) -- t\n",
      { refs: ["D-043"], refsText: "D-043 (amended)" },
    ],
    ["a large number", "H-120 -- t\n", { id: "H-120" }],
  ])("%s", (_name, item, expected) => {
    const read = view(document(item));
    expect(read.unplaced).toEqual([]);
    expect(read.items[0]).toMatchObject(expected);
  });

  it.each([
    ["a decision", "D-001 -- not an item\n"],
    ["a name that goes on", "H-1x2 -- t\n"],
    ["a part of a name", "pre-H-1 -- t\n"],
    ["an unknown letter", "X-1 -- t\n"],
    ["a version", "D-1.2 -- t\n"],
  ])("%s is not an item, and its line is listed", (_name, line) => {
    const read = view(document(line));
    expect(read.items).toEqual([]);
    expect(read.unplaced).toEqual([{ path: "handoff.md", line: 7, text: line.trimEnd() }]);
  });

  it("keeps the order of sections as it is, and sections without items", () => {
    const text =
      "# Handoff\n\n## 6. Deferred\n\n- later: when asked\n\n## 1. Immediate\n\n## 9. Other things\n\nH-1 -- t\n";
    expect(view(text).register?.sections.map(({ number }) => number)).toEqual(["6", "1", "9"]);
    expect(view(text).items.map(({ id, section }) => [id, section])).toEqual([
      ["deferred-1", 0],
      ["H-1", 2],
    ]);
  });
});

describe("lines that belong to nothing", () => {
  it.each([
    ["before everything", `stray words here\n\n${HANDOFF}`, 1],
    ["in the head", HANDOFF.replace("Numbering at", "stray words here\n\nNumbering at"), 10],
    ["between section and item", HANDOFF.replace("H-1 (", "stray words here\n\nH-1 ("), 22],
    ["between items", HANDOFF.replace("H-2 (", "stray words here\n\nH-2 ("), 29],
    ["after the end", `${HANDOFF}\nstray words here\n`, 114],
    ["between checklist and rule", HANDOFF.replace("C-3 Ledger", "\nstray words here\n\nC-3 Ledger"), 101],
  ])("are listed with their number: %s", (_name, text, line) => {
    const read = view(text);
    expect(read.unplaced).toEqual([{ path: "handoff.md", line, text: "stray words here" }]);
    expect(read.items).toHaveLength(17);
  });

  it("loses no line of any cut of the document", () => {
    for (let end = 1; end < LINES.length; end += 7) {
      const text = LINES.slice(end).join("\n");
      const read = view(text);
      const placed = new Set(read.unplaced.map(({ line }) => line));
      for (const { lines } of read.items)
        for (let at = lines.first; at <= lines.last; at += 1) placed.add(at);
      const kept = text
        .split("\n")
        .filter((line, at) => placed.has(at + 1) || line.trim() === "" || /^-{80}$/.test(line));
      const head = [
        read.register?.title,
        read.register?.snapshot,
        read.register?.numbering,
        read.register?.conventions,
      ];
      const rest = text.split("\n").length - kept.length;
      const known =
        head.flatMap((part) => (part ? part.split("\n") : [])).length +
        (read.register?.sections.filter(({ title }) => title !== "").length ?? 0) +
        1;
      expect(rest).toBeLessThanOrEqual(known);
    }
  });

  it("ends a fence that lost its mark before the next item, and says so", () => {
    const read = view(HANDOFF.replace("  ```\n  (A pool", "  (A pool"));
    expect(read.items.map(({ id }) => id)).toEqual(view(HANDOFF).items.map(({ id }) => id));
    expect(read.diagnostics).toContainEqual(
      expect.objectContaining({ code: "fence.unclosed", severity: "error", line: 48 }),
    );
  });

  it("takes no item from a script", () => {
    const text = document(
      "V-1 -- t\n\n```bash\nH-9 (X) -- not an item\n## 2. Not a section\n```\n\nV-2 -- u\n",
    );
    expect(view(text).items.map(({ id }) => id)).toEqual(["V-1", "V-2"]);
  });

  it("names an item that stands twice, and keeps both", () => {
    const read = view(document("H-1 -- one\n\nH-1 -- two\n"));
    expect(read.items.map(({ title }) => title)).toEqual(["one", "two"]);
    expect(read.diagnostics).toMatchObject([{ code: "item.duplicate", line: 9 }]);
  });
});

describe("text that a rendering lost", () => {
  it.each([
    ["damage.redirect", "openstack list &1 | grep x"],
    ["damage.empty_value", "CLIENT=; fail=0"],
    ["damage.empty_host", "curl https://:5000/v3"],
    ["damage.empty_target", "domain_id:%(.domain_id)s"],
    ["damage.empty_target", "domain_id:%(target..domain_id)s"],
    ["damage.cut_name", "run `phase-NN-` first"],
    ["damage.cut_word", "admin_and_matching__domain_id"],
    ["damage.cut_file", "see docs/changelog-.md"],
    ["damage.escaped", "the &lt;client&gt; domain"],
    ["damage.half", "the <client domain"],
  ])("%s: %s", (code, words) => {
    const read = view(document(`H-1 -- t\n  ${words}\n`));
    expect(read.diagnostics).toContainEqual(expect.objectContaining({ code, line: 8 }));
  });

  it.each([
    "openstack list 2>&1 | grep x",
    "exec >&2",
    "curl https://host:5000/v3",
    "%(target.user.domain_id)s",
    "run `phase-07-network` first",
    "a <client> domain",
    "A=1 B=2",
    "see https://example.org//twice",
    "well-built (audit-default, typed gate, protected-",
  ])("leaves whole text alone: %s", (words) => {
    expect(view(document(`H-1 -- t\n  ${words}\n  more\n`)).diagnostics).toEqual([]);
  });
});

describe("bytes", () => {
  const read = (bytes: Uint8Array) => importView(readRegister(bytes, "x.md"));
  it("that are no UTF-8 are shown and not importable", () => {
    const bytes = Buffer.from(HANDOFF);
    bytes[bytes.indexOf("quota-report")] = 0xff;
    const found = read(bytes);
    expect(found).toMatchObject({ isExact: false });
    expect(found.items).toHaveLength(17);
    expect(found.diagnostics).toContainEqual(
      expect.objectContaining({ code: "document.not_utf8", line: 22 }),
    );
  });
  it.each([
    ["utf-16", Buffer.from(`\uFEFF${HANDOFF}`, "utf16le"), "document.utf16"],
    ["too many", Buffer.alloc(16 * 1024 * 1024 + 1, 0x61), "document.too_large"],
  ])("%s are refused", (_name, bytes, code) => {
    expect(read(bytes)).toMatchObject({
      isExact: false,
      items: [],
      diagnostics: [{ code, severity: "error" }],
    });
  });
  it("with NUL are kept and named", () => {
    const found = read(Buffer.from(HANDOFF.replace("quota", "quo\0ta")));
    expect(found.items[0]?.title).toContain("quo\0ta");
    expect(found.diagnostics).toMatchObject([{ code: "text.hidden", line: 22 }]);
  });
  it("of nothing are an empty document", () => {
    expect(read(new Uint8Array())).toMatchObject({ items: [], unplaced: [], isExact: true });
  });
});
