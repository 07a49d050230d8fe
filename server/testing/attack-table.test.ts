import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** How many attacks of each kind there are; every one has a row, whatever came of it. */
const KINDS = {
  AN: 17,
  AZ: 20,
  PB: 14,
  SG: 22,
  PD: 13,
  RN: 19,
  SC: 15,
  JC: 13,
  AU: 16,
  IN: 12,
  WB: 18,
  SO: 10,
  RL: 7,
  OF: 10,
};
const STANDINGS = ["shown", "in part", "not yet", "does not apply"];
/** A title that is nothing but a placeholder would be found anywhere. */
const TITLE_MIN = 6;

interface Row {
  id: string;
  attack: string;
  standing: string;
  reason: string;
  tests: { file: string; title: string }[];
}

const CITED = /`([^`]+?) \u203a ([^`]+)`/g;

function rowsOf(text: string): Row[] {
  return text
    .split("\n")
    .filter((line) => /^\| [A-Z]{2}\d+ \|/.test(line))
    .map((line) => {
      const [id = "", attack = "", standing = "", last = "", ...more] = line.slice(2, -2).split(" | ");
      if (more.length > 0) throw new Error(`The row of ${id} has too many columns.`);
      const tests = [...last.matchAll(CITED)].map(([, file = "", title = ""]) => ({ file, title }));
      return {
        id,
        attack,
        standing,
        tests,
        reason: last.replaceAll(CITED, "").replaceAll(/[; ]+/g, " ").trim(),
      };
    });
}

/** Whether a test file has a test, a table of tests or a group that is called so, or begins so. */
function isThere(file: string, title: string): boolean {
  if (!/\.(test|spec)\.tsx?$/.test(file) || !existsSync(file)) return false;
  const source = readFileSync(file, "utf8");
  return [`"${title}`, `'${title}`, `\`${title}`].some((beginning) => source.includes(beginning));
}

const TABLE = readFileSync("docs/attacks.md", "utf8");
const ROWS = rowsOf(TABLE);

describe("the table of attacks", () => {
  it("has every number once and no other", () => {
    const wanted = Object.entries(KINDS).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, at) => `${kind}${at + 1}`),
    );
    expect(wanted).toHaveLength(206);
    expect(ROWS.map(({ id }) => id)).toEqual(wanted);
  });

  it.each(ROWS)("$id, $attack: $standing", ({ attack, standing, reason, tests }) => {
    expect(attack.length).toBeGreaterThan(5);
    expect(STANDINGS).toContain(standing);
    for (const { file, title } of tests) {
      expect(title.length, title).toBeGreaterThanOrEqual(TITLE_MIN);
      expect(isThere(file, title), `${file} \u203a ${title}`).toBe(true);
    }
    if (standing === "shown") expect(tests.length).toBeGreaterThan(0);
    else expect(reason.length, "a reason").toBeGreaterThan(10);
    if (standing === "in part") expect(tests.length).toBeGreaterThan(0);
    if (standing === "not yet" || standing === "does not apply") expect(tests).toEqual([]);
  });

  it("counts itself rightly", () => {
    const counted = STANDINGS.map(
      (each) => `${ROWS.filter(({ standing }) => standing === each).length} ${each}`,
    );
    expect(TABLE.replaceAll(/\s+/g, " ")).toContain(`those of the table itself: ${counted.join(", ")}.`);
  });

  it("would notice a test that is gone", () => {
    expect(isThere("server/lockfile.test.ts", "the lock file")).toBe(true);
    expect(isThere("server/lockfile.test.ts", "the lock file that never was")).toBe(false);
    expect(isThere("server/lockfile.ts", "the lock file")).toBe(false);
    expect(isThere("server/nowhere.test.ts", "the lock file")).toBe(false);
    expect(rowsOf("| AN1 | a | shown | x. `f.test.ts \u203a t`; `g.test.ts \u203a u` |")).toEqual([
      {
        id: "AN1",
        attack: "a",
        standing: "shown",
        reason: "x.",
        tests: [
          { file: "f.test.ts", title: "t" },
          { file: "g.test.ts", title: "u" },
        ],
      },
    ]);
  });
});
