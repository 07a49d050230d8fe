import { describe, expect, it } from "vitest";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { readRegister, readRegisterText } from "../read.ts";
import { readDocumented } from "./finding.ts";
import { lint } from "./lint.ts";

const tree = (change: Record<string, (text: string) => string> = {}) =>
  FIXTURES.map((name) => ({
    path: name,
    file: readRegisterText((change[name] ?? String)(readFixture(name)), name),
  }));
const found = (change: Record<string, (text: string) => string>) => {
  const known = new Set(lint(tree(), []).findings.map((one) => JSON.stringify({ ...one, line: 0 })));
  const { findings } = lint(tree(change), []);
  return findings
    .filter((one) => !known.has(JSON.stringify({ ...one, line: 0 })))
    .map(({ check, path, subject }) => `${check} ${path} ${subject}`);
};

describe("lint", () => {
  it("finds nothing that fails in a good tree, and says the same twice", () => {
    const report = lint(tree(), []);
    expect(report.errors).toBe(0);
    expect(lint(tree().reverse(), [])).toEqual(report);
  });

  it.each<[string, Record<string, (text: string) => string>]>([
    [
      "L1 handoff.md U+2014",
      { "handoff.md": (text) => text.replace("bucket key off", "bucket key \u2014 off") },
    ],
    ["L2 handoff.md CR", { "handoff.md": (text) => text.replaceAll("\n", "\r\n") }],
    ["L2 handoff.md end", { "handoff.md": (text) => text.trimEnd() }],
    [
      "L3 design-decisions.md D-012",
      { "design-decisions.md": (text) => text.replace("## D-081", "## D-012") },
    ],
    ["L3 handoff.md H-1", { "handoff.md": (text) => text.replace("H-2 (", "H-1 (") }],
    ["L4 handoff.md V-9", { "handoff.md": (text) => text.replace("and V-2 as", "and V-9 as") }],
    [
      "L4 handoff.md D-777",
      {
        "handoff.md": (text) => text.replace("D-088", "D-777").replace("next-free D-093", "next-free D-778"),
      },
    ],
    ["L5 handoff.md DOCFIX-112", { "docfix-list.md": (text) => `${text}\nSee DOCFIX-120.\n` }],
    [
      "L6 changelog-hardening.md Item 1",
      { "changelog-hardening.md": (text) => text.replace("REVERT: git revert 41c0aa7\n", "") },
    ],
    ["L7 security-ledger.md SEC-011", { "security-ledger.md": (text) => text.replace("| Tomas |", "|  |") }],
    [
      "L8 session-ledger.md D-087",
      { "session-ledger.md": (text) => text.replace("; not closed before phase-06", " and is CLOSED") },
    ],
    [
      "L8 session-ledger.md V-1",
      { "session-ledger.md": (text) => text.replace("(V-1) is prepared", "V-1 is CLOSED") },
    ],
    [
      "L9 session-ledger.md D-087",
      { "session-ledger.md": (text) => text.replace("D-087 waits", "It waits") },
    ],
    ["L10 handoff.md lost words", { "handoff.md": (text) => `${text}\nlost words\n` }],
    [
      "L11 handoff.md damage.redirect",
      { "handoff.md": (text) => text.replace("crush_rule\n", "crush_rule &1\n") },
    ],
    ["L12 handoff.md fence.unclosed", { "handoff.md": (text) => text.replace("  ```\n  (A", "  (A") }],
    ["L13 handoff.md item.no_trigger", { "handoff.md": (text) => text.replace(": 2027-03-01.", ".") }],
    [
      "L14 changelog-hardening.md Item 7",
      { "changelog-hardening.md": (text) => text.replace("### 4.", "### 7.") },
    ],
    [
      "L15 changelog-hardening.md Item 4",
      { "changelog-hardening.md": (text) => text.replace("FILE: bundle.yaml\n", "") },
    ],
    [
      "L17 session-ledger.md D-087",
      { "design-decisions.md": (text) => text.replace("PROPOSED/OPEN", "ADOPTED") },
    ],
    ["L17 session-ledger.md SEC-009", { "security-ledger.md": (text) => text.replace("CLOSED", "OPEN") }],
  ])("%s", (expected, change) => {
    expect(found(change)).toContain(expected);
  });

  it("names a file that cannot be read", () => {
    const file = readRegister(Uint8Array.from([0x23, 0x20, 0xff, 0x0a]), "bad.md");
    expect(lint([{ path: "bad.md", file }], []).findings).toContainEqual(
      expect.objectContaining({ check: "L16", severity: "error" }),
    );
  });

  it("counts a documented warning apart, and lets no error be documented away", () => {
    const { warnings, badLines } = readDocumented(
      "# known\n\nL7 security-ledger.md SEC-012 -- waits for R-1\nL8 session-ledger.md -- no\nL99 x -- y\nnonsense\n",
    );
    expect(badLines).toEqual([5, 6]);
    const plain = lint(tree(), []);
    const report = lint(tree(), warnings);
    expect([report.documented, report.warnings]).toEqual([1, plain.warnings - 1]);
    const closed = tree({
      "session-ledger.md": (text) => text.replace("; not closed before phase-06", " and is CLOSED"),
    });
    expect(lint(closed, warnings).errors).toBe(1);
  });
});
