import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPolicyDocument } from "./document.ts";
import { KEYSTONE_DEFAULTS } from "./keystone-defaults.ts";
import { findRelease, STANDARD_RELEASE } from "./keystone-release.ts";
import { lintDocument } from "./lint.ts";
import { findPlainEntries } from "./plain-document.ts";
import { findYamlEntries } from "./yaml-document.ts";

const folder = new URL("../../sandbox/identity/policy/", import.meta.url);
const file = (name: string) => readFileSync(new URL(name, folder), "utf8");

function lint(text: string, live: Record<string, unknown> = KEYSTONE_DEFAULTS, release = STANDARD_RELEASE) {
  return lintDocument(readPolicyDocument(text), { live, release });
}

const brief = (text: string, ...rest: [Record<string, unknown>?]) =>
  lint(text, ...rest).map(({ line, column, code, severity }) => `${line}:${column} ${severity} ${code}`);

describe("findings by line and column", () => {
  it.each([
    ['"a": "(role:x) rule:admin_required"', ["1:16 error connector"]],
    ['# c\n"a": "role:x and and role:y"', ["2:18 error connector"]],
    ['"a": "or role:x"', ["1:7 error connector"]],
    ['"a": "role:x and"', ["1:17 error connector"]],
    ['"a": "((role:x)"', ["1:7 error parenthesis"]],
    ['"a": "role:x)"', ["1:13 error parenthesis"]],
    ['"a": "role:x or \'role:y\'"', ["1:17 error quotes"]],
    ['"a": "role:x or nocolon"', ["1:17 error no_colon"]],
    ['"a": "role:x or (b:c)or(d:e)"', ["1:18 error glued"]],
    ['"a": "role:x or not rule:typo"', ["1:21 error unknown_rule"]],
    ['"a": "rule:b"\n"b": "role:x or not rule:a"', ["1:6 error rule_cycle"]],
    ['"a": "role:x or class:y"', ["1:17 error left_side_invalid"]],
    ['"a": "role:x or field:networks:shared=True"', ["1:17 error foreign_check"]],
    ['"a": "role:x or tenant_id:%(tenant_id)s"', ["1:17 error foreign_check"]],
    ['"a": "role:x or https://198.51.100.1/"', ["1:17 error url_check"]],
    ['"a": "role:x and not user_id:%(owner)s"', ["1:22 warning not_over_missing"]],
    ['"a": "role:x and True:%(flag)s"', ["1:18 warning literal_spelling"]],
    ['"a": ""', ["1:6 warning allows_all"]],
    ['"a":', ["1:5 warning allows_all"]],
    ['"default": "@"', ["1:12 warning default_allows"]],
    ['"a": 5', ["1:6 error unreadable"]],
    ['"a": true', ["1:6 error unreadable"]],
    ['"a": [["role:x", "role:y"], ["nocolon"]]', ["1:6 error unparsable"]],
    ['"a": "role:x"\n"a": "role:y"', ["2:1 error yaml_repeated"]],
    ['"a": "role:x"   # caf\u00e9', ["1:22 error not_ascii"]],
    ['"a":\u00a0"role:x"', ["1:4 error yaml", "1:5 error not_ascii"]],
    ['"a": "role:x', ["1:13 error yaml"]],
    ['- "role:x"', ["1:1 error yaml"]],
    ["5: role:x", ["1:1 error yaml"]],
    [
      '"a": &x "role:x"\n"b": *x',
      ["1:9 error yaml_unusual", "2:6 error yaml_unusual", "2:6 error unreadable"],
    ],
    ['"a": !', ["1:7 warning allows_all", "1:7 error yaml_unusual"]],
    ['"a": "and"', ["1:6 error no_check"]],
    ['"a": "role:admin and project_id:%(project_id)s"', []],
    ["", []],
    ["# nothing\n", []],
  ])("%s", (text, expected) => {
    expect(brief(text).sort()).toEqual([...expected].sort());
  });

  it("says of an unknown rule under not that it allows", () => {
    const [finding] = lint('"a": "role:x or not (rule:typo and @)"');
    expect(finding?.says).toContain("under not");
    expect(lint('"a": "rule:typo"')[0]?.says).not.toContain("under not");
  });

  it("has the place of a rule that is written over several lines as the place where it begins", () => {
    expect(brief('"a": >-\n  role:x\n  rule:admin_required\n')).toEqual(["1:6 error connector"]);
    expect(brief("a: role:x rule:b")).toEqual(["1:11 error connector"]);
  });
});

describe("placeholders without a value", () => {
  const base = Object.fromEntries(
    readPolicyDocument(file("base.yaml")).entries.map(({ name, value }) => [name, value]),
  );
  const live = { ...KEYSTONE_DEFAULTS, ...base };
  const broken = (kind: string) =>
    `"identity:create_${kind}": "(role:manager and token.domain.id:%(target.${kind}.domain_id)s) or rule:cloud_admin or rule:admin_and_matching_${kind}_domain_id"`;

  it.each(["user", "project", "group"])(
    "are called out where the live helper reads the body: create_%s",
    (kind) => {
      const findings = lint(broken(kind), live);
      expect(findings).toMatchObject([{ line: 1, code: "template_unresolved", severity: "error" }]);
      expect(findings[0]?.says).toContain(`Write %(target.${kind}.domain_id)s`);
      expect(broken(kind).slice((findings[0]?.column ?? 0) - 1)).toMatch(/^rule:admin_and_matching_/);
      expect(lint(broken(kind).replace("matching_", "matching_target_"), live)).toEqual([]);
    },
  );

  it("depend on the release", () => {
    for (const [words, count] of [
      ["zed", 1],
      ["22.0.2-0+deb12u3", 1],
      ["22.0.2-0+deb12u2", 0],
      ["caracal-before-fix", 0],
    ] as const) {
      const release = findRelease(words);
      expect(release, words).not.toBeNull();
      expect(lint(broken("user"), live, release ?? STANDARD_RELEASE), words).toHaveLength(count);
    }
    const native = findRelease("2024.2") ?? STANDARD_RELEASE;
    expect(lint(broken("user"), live, native).map(({ code }) => code)).toContain("override_obsolete");
    expect(findRelease("grizzly")).toBeNull();
  });

  it.each([
    ['"identity:create_trust": "user_id:%(trust.trustor_user_id)s"', "error"],
    ['"identity:list_role_assignments": "role:admin and domain_id:%(scope.domain.id)s"', "warning"],
    ['"identity:list_users": "role:admin and domain_id:%(domain_id)s"', "warning"],
    ['"identity:create_user": "role:admin and domain_id:%(target.project.domain_id)s"', "warning"],
  ])("%s", (text, severity) => {
    expect(lint(text)).toMatchObject([{ code: "template_unresolved", severity }]);
  });

  it.each([
    '"identity:create_user": "domain_id:%(request_body.user.domain_id)s"',
    '"identity:list_users": "domain_id:%(filter_attr.domain_id)s"',
    '"identity:get_user": "user_id:%(user_id)s or user_id:%(target.token.user_id)s"',
    '"identity:create_grant": "project_id:%(project_id)s and \'member\':%(target.role.name)s"',
  ])("are not found where there is a value: %s", (text) => {
    expect(lint(text)).toEqual([]);
  });

  it("are found in the shipped override only in its broken form", () => {
    const errors = (text: string) => lint(text, live).filter(({ severity }) => severity === "error");
    const override = file("domain-manager.yaml");
    expect(errors(override)).toEqual([]);
    const swapped = override.replace(
      /"base_create_user": .*/,
      file("create-user-broken.yaml").split("\n").at(-2) ?? "",
    );
    expect(errors(swapped)).toMatchObject([{ rule: "base_create_user", code: "template_unresolved" }]);
  });
});

describe("reading", () => {
  it("takes the same from the usual form as the library does", () => {
    const line = fc.oneof(
      fc.constantFrom("", "# c", "  # c", '"a": "x:y"', "b: 'role:z' # c", "identity:get_user: \"@\"", '"a" : "x"', "k: plain", 'yes: "x"', '"a": "x"# c', '"\'": "#"', "'#': \"it's\"", '"a":  ""'), // prettier-ignore
      fc.tuple(fc.constantFrom('"', "'", ""), fc.string({ unit: fc.constantFrom("a", "b", ":", "#", " ", "'", '"', "%", "(", ")", "\\") }), fc.constantFrom('"', "'")).map(([k, text, v]) => `${k}key${k}: ${v}${text}${v}`), // prettier-ignore
    );
    let plain = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const text = lines.join("\n");
        const entries = findPlainEntries(text);
        if (entries === null) return;
        plain += entries.length;
        expect(entries).toEqual(findYamlEntries(text, []));
      }),
      { numRuns: 1500 },
    );
    expect(plain).toBeGreaterThan(200);
    const shipped = file("base.yaml");
    expect(findPlainEntries(shipped)).toEqual(findYamlEntries(shipped, []));
  });

  it.each([
    ["brackets without end", "a: ".padEnd(200_000, "[")],
    ["a mapping without end", "a: ".padEnd(100_000, "{a: ")],
    [
      "aliases that multiply",
      `a: &a ["x","x"]\n${Array.from({ length: 40 }, (_, n) => `b${n}: &b${n} [*a, *a]`).join("\n")}`,
    ],
    ["one line", `"a": "${"role:x or ".repeat(90_000)}"`],
    ["nothing but words", `"a": "${"x ".repeat(30_000)}"`],
    [
      "a ring of many rules",
      Array.from({ length: 5000 }, (_, n) => `"r${n}": "rule:r${(n + 1) % 5000}"`).join("\n"),
    ],
    ["control characters", "\u0000\u0001\u001b[2J".repeat(10_000)],
    ["too much", "# x\n".repeat(400_000)],
  ])("ends soon with findings for %s", (_what, text) => {
    const begun = performance.now();
    expect(lint(text).length).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
