import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../operation/catalogue.ts";
import { readRunbookText } from "./document.ts";
import { namedStages, type RunbookDocument } from "./model.ts";
import { readForeign } from "./read.ts";

/** Lines that begin, end, join and break everything that the reader knows, and words between them. */
const LINE = fc.oneof(
  fc.constantFrom(
    "",
    "=".repeat(80),
    "-".repeat(20),
    "---",
    "# Title",
    "## Stage 1: a",
    "STAGE 2 -- b [DRAFT]",
    "STAGE 2.5 -- b [VALIDATED 2026-05-02]",
    "Stage What Status",
    "1 a [DRAFT]",
    "2.5 b [DRAFT] 3 C c [DRAFT] (x)",
    "| Stage | What | Status |",
    "| 7 | seven | [DRAFT] |",
    "--- BEGIN block: a-01 (RUN -- h, x) ---",
    "--- BEGIN block: a-02 (CHECK read-only -- AS y) --- ls CLIENT=; --- END block --- GATE: ok. FINDING: z",
    "--- BEGIN block",
    "--- BEGIN block: (((((",
    "--- END block ---",
    "--- END block: other ---",
    "**RUN -- h** -- t",
    "**RUN -- h** ```bash ls ``` GATE: x",
    "**EXEC -- h**",
    "```bash",
    "```",
    "~~~",
    "GATE: it holds",
    "Expect: something",
    "> CAUTION: mind",
    "FINDING (2026-05-02): seen",
    "Open items",
    "  1. do it",
    "STATUS: DRAFT",
    "VALIDATION LEGEND: [DRAFT]",
    "  going on",
    "Newer",
  ),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.replaceAll(/[\r\n\uFEFF]/g, "")),
);
const DOCUMENT = fc.array(LINE, { maxLength: 40 }).map((lines) => lines.join("\n"));

function isAccounted(text: string, read: RunbookDocument): void {
  const lines = new Map<number, string>();
  for (const piece of read.pieces) {
    expect(piece.column).toBe((lines.get(piece.line)?.length ?? 0) + 1);
    lines.set(piece.line, `${lines.get(piece.line) ?? ""}${piece.text}`);
  }
  expect([...lines.values()].join("\n")).toBe(text);
}

/** Every word of a piece stands in what the model made of it. */
function isPlaced(read: RunbookDocument): void {
  const blocks = read.stages.flatMap((stage) => stage.blocks);
  const texts = {
    body: blocks.map(({ text }) => text),
    gate: [...blocks.flatMap(({ gates }) => gates), ...read.stages.flatMap(({ gates }) => gates)],
    caution: [
      ...blocks.flatMap(({ cautions }) => cautions),
      ...read.stages.flatMap(({ cautions }) => cautions),
    ],
    finding: read.findings,
    open_item: read.openItems,
    status: [...read.statuses, ...read.stages.flatMap(({ statuses }) => statuses)],
  };
  const joined = Object.fromEntries(
    Object.entries(texts).map(([role, all]) => [
      role,
      all.map((one) => (typeof one === "string" ? one : one.text)).join("\n"),
    ]),
  );
  for (const { role, text } of read.pieces) {
    const all = joined[role];
    if (all === undefined) continue;
    const words = text.trim().replace(/^(?:\d{1,3}[.)]|[-*\u2022])\s+/, "");
    if (role === "body" && /^`{3,}/.test(words)) continue;
    expect(all).toContain(words);
  }
}

describe("nothing is silently dropped", () => {
  it("accounts for every piece of every line, whatever stands in it", () => {
    fc.assert(
      fc.property(DOCUMENT, (text) => {
        const read = readForeign(text);
        isAccounted(text, read);
        isPlaced(read);
        const begun = [...text.matchAll(/--- BEGIN block\b/g)].length;
        const blocks = read.stages
          .flatMap((stage) => stage.blocks)
          .filter((one) => one.encoding === "begin_end");
        expect(blocks.length).toBeLessThanOrEqual(begun);
        for (const { line } of read.diagnostics) expect(line).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["printed-page.txt", "phase.md"])("accounts for %s", (name) => {
    const text = readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
    const read = readForeign(text);
    isAccounted(text, read);
    isPlaced(read);
  });
});

describe("our own form in the same model", () => {
  const source = readFileSync("runbooks/tenant-onboarding.md", "utf8");

  it("gives stages, blocks with identity and place, and accounts for each line", () => {
    const { document, runbook } = readRunbookText(source, CATALOGUE);
    isAccounted(source, document);
    expect(document.diagnostics).toEqual([]);
    expect(namedStages(document).map(({ key }) => key)).toEqual(runbook?.stages.map(({ key }) => key));
    const [look, domain] = document.stages.flatMap((stage) => stage.blocks);
    expect(look).toMatchObject({
      id: "onboard-00-preflight",
      kind: "check",
      host: "runner",
      encoding: "steps",
      identities: [{ name: "operator-admin", part: null }],
    });
    expect(look?.text.split("\n")[0]).toBe("id: onboard-00-preflight");
    expect([domain?.kind, domain?.hash]).toEqual(["run", domain?.steps?.hash]);
  });

  it("tells what is wrong with it, and keeps its lines", () => {
    const broken = source.replace("op: identity.roles.resolve", "op: identity.roles.guess");
    const { document, runbook } = readRunbookText(broken, CATALOGUE);
    isAccounted(broken, document);
    expect(runbook).toBeNull();
    expect(document.diagnostics[0]).toMatchObject({ severity: "error", line: expect.any(Number) });
  });
});

describe("what nobody should send", () => {
  const MIB = 1024 * 1024;
  const fill = (unit: string) => unit.repeat(Math.ceil(MIB / unit.length)).slice(0, MIB);

  it.each<[string, string]>([
    ["one long line", "a"],
    ["rules in one line", "= "],
    ["begins", "--- BEGIN block: a (RUN -- h, x) --- "],
    ["begins that end nowhere", "--- BEGIN block: ((((("],
    ["ends", "--- END block ---"],
    ["labels", "**RUN -- h** -- t\n"],
    ["fences", "```bash\n"],
    ["markers", "[VALIDATED 2026-05-02] "],
    ["open brackets", "[VALIDATED "],
    ["stages", "## Stage 1: a\n"],
    ["table rows", "Stage What Status 1 A [DRAFT] 2 B [DRAFT] "],
    ["parts", ": GATE: a. FINDING: b. "],
    ["assignments", "A= "],
    ["words with underscores", "ab_cd abcd_ef "],
    ["spaces", " "],
    ["line ends", "\n"],
    ["dashes", "-"],
    ["asterisks", "*"],
    ["references", "D-001 appendix-A "],
    ["openstack commands", "openstack openstack a a a "],
  ])("is read or refused in time: a MiB of %s", (_what, unit) => {
    const before = performance.now();
    readRunbookText(fill(unit), CATALOGUE);
    readRunbookText(`# T\n\n--- BEGIN block: a (CHECK -- h, x) ---\n${fill(unit)}`, CATALOGUE);
    // A quadratic reader takes minutes; the figure itself is measured by the bench.
    expect(performance.now() - before).toBeLessThan(8000);
  });

  it.each<[string, string]>([
    ["a label that does not end", `--- BEGIN block: a${" ".repeat(MIB)}x`],
    ["a heading that does not end", `# a${" #".repeat(MIB / 2)} a`],
    ["a fence that is none", `\`\`\`${" ".repeat(MIB)}\``],
    ["a bold label and spaces", `**RUN -- h**${" ".repeat(MIB)}\u2028x`],
    ["a word with one underscore", `${"a".repeat(MIB)}_b`],
    ["an end that does not end", `--- END block${" ".repeat(MIB)}`],
    ["a row that does not end", `Stage What Status\n1 a${" a".repeat(MIB / 2)} [`],
    ["a front matter that does not end", `---\n${"a\n".repeat(MIB / 2)}`],
    ["fence marks", "`".repeat(MIB)],
    ["flow brackets in a block", `---\nslug: a\n---\n\`\`\`yaml block\na: ${"[ ".repeat(30_000)}\n\`\`\`\n`],
  ])("is read in time: %s", (_what, text) => {
    const before = performance.now();
    readRunbookText(text, CATALOGUE);
    expect(performance.now() - before).toBeLessThan(8000);
  });

  it("refuses what is larger than any runbook, and more lines than any has", () => {
    expect(readRunbookText("a".repeat(2 * MIB + 1), CATALOGUE).document.diagnostics[0]?.code).toBe(
      "document.too_large",
    );
    expect(readRunbookText("\n".repeat(MIB), CATALOGUE).document.diagnostics[0]?.code).toBe(
      "document.too_long",
    );
  });
});
