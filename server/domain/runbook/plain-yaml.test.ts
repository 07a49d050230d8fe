import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPlainYaml } from "./plain-yaml.ts";
import { readAnyYaml } from "./yaml.ts";

/** What the library makes of it, and whether it had anything to say. */
function byLibrary(text: string) {
  const reports: string[] = [];
  const node = readAnyYaml(text, 3, (_at, says) => void reports.push(says));
  return { node, reports };
}

function expectSame(text: string): "read" | "left" {
  const plain = readPlainYaml(text, 3);
  if (plain === null) return "left";
  expect(byLibrary(text), text).toEqual({ node: plain, reports: [] });
  return "read";
}

const fencesOf = (path: string) =>
  Array.from(
    readFileSync(path, "utf8").matchAll(/^```yaml (?:block|gate)\n([\s\S]*?)\n```$/gm),
    ([, text]) => text ?? "",
  );

const SCALAR = fc.oneof(
  fc.constantFrom(
    "a",
    "word with spaces",
    "it's",
    '"quoted"',
    '"a: b # c"',
    "'single'",
    "'it''s'",
    '"esc\\n"',
    "{{ tenant.slug }}",
    '"{{ tenant.slug }}"',
    "10.20.24.0/24",
    "0x1f",
    "0o17",
    "1e3",
    "12",
    "007",
    "-5",
    "+1",
    ".5",
    "1_000",
    ".nan",
    "-.INF",
    ".inf",
    "8.8.8.8",
    "1.2.3e4",
    "true",
    "True",
    "null",
    "~",
    "no",
    "2026-05-02",
    "a:b",
    "a: b",
    "a #b",
    "a#b",
    "#c",
    "*x",
    "&x y",
    "!t",
    "|",
    ">",
    "- a",
    "? a",
    "@a",
    "a,b",
    "a]",
    "a}",
    "[ a, b ]",
    "[ a, [ b, 1 ], { c: d } ]",
    '{ a: b, c: "x" }',
    "{ a: b, }",
    "{ a }",
    "{a: b}",
    "{ a:b }",
    "[]",
    "{}",
    "[ 'saved.x is \"ACTIVE\"' ]",
    "{ a: [ 1, 2 ] }",
    '{ a: "b" c }',
    "saved.count >= 2",
    "(a)",
    "a ",
    "",
  ),
  fc.string({ unit: "binary", maxLength: 8 }).map((text) => text.replaceAll("\n", "")),
);
const LINE = fc
  .tuple(
    fc.constantFrom("", "  ", "    ", "      ", " ", "\t"),
    fc.constantFrom(
      "",
      "- ",
      "-  ",
      "- - ",
      "a: ",
      "b: ",
      "a:",
      "- a: ",
      "- b:",
      "a : ",
      '"q": ',
      "1: ",
      "true: ",
      "__proto__: ",
      "<<: ",
    ),
    SCALAR,
  )
  .map((parts) => parts.join(""));

describe("YAML that is written plainly", () => {
  it.each(["runbooks/tenant-onboarding.md", "runbooks/tenant-offboarding.md"])(
    "of %s is read without the library",
    (path) => {
      const fences = fencesOf(path);
      expect(fences.length).toBeGreaterThan(2);
      expect(fences.map(expectSame)).toEqual(fences.map(() => "read"));
    },
  );

  it("is read as the library reads it, or left to the library", () => {
    fc.assert(
      fc.property(fc.array(LINE, { minLength: 1, maxLength: 8 }), (lines) => {
        expectSame(lines.join("\n"));
      }),
      { numRuns: 20_000 },
    );
  });

  it("is read as the library reads it, a character changed anywhere in a shipped block", () => {
    const fences = fencesOf("runbooks/tenant-onboarding.md");
    const place = fc.record({
      fence: fc.nat(fences.length - 1),
      at: fc.nat(5000),
      what: fc.constantFrom(
        "",
        " ",
        "  ",
        ":",
        "#",
        '"',
        "'",
        "{",
        "}",
        "[",
        "]",
        ",",
        "-",
        "- ",
        "\n",
        "\n  ",
        "&",
        "*",
        "!",
        "|",
        "0",
        "\\",
        "x",
      ),
      isAdded: fc.boolean(),
    });
    fc.assert(
      fc.property(place, ({ fence, at, what, isAdded }) => {
        const text = fences[fence] ?? "";
        const index = at % (text.length + 1);
        expectSame(`${text.slice(0, index)}${what}${text.slice(isAdded ? index : index + 1)}`);
      }),
      { numRuns: 4_000 },
    );
  });
});
