import { describe, expect, it } from "vitest";
import { evaluateRule } from "./evaluate.ts";
import { MAX_DEPTH, MAX_RULE_CHARACTERS, MAX_RULES } from "./limits.ts";
import { canImport, lintPolicy } from "./lint.ts";
import { parsePolicy } from "./policy.ts";

const NOBODY = { creds: {}, target: {} };

describe("bounds", () => {
  it("ends a long chain of rules in an exception, a shorter one in an answer", () => {
    const chain = (length: number) => {
      const rules: Record<string, string> = { r0: "@" };
      for (let index = 1; index <= length; index += 1) rules[`r${index}`] = `rule:r${index - 1}`;
      return evaluateRule(parsePolicy(rules), `r${length}`, NOBODY);
    };
    expect(chain(MAX_DEPTH - 1)).toEqual({ expect: { kind: "allow" }, ours: "allow" });
    expect(chain(MAX_DEPTH)).toMatchObject({
      expect: { kind: "exception", error: "RecursionError" },
      ours: "deny",
    });
  });

  it("refuses a rule that is too long, and the rules past the limit", () => {
    const long = parsePolicy({ r: "@ or ".repeat(MAX_RULE_CHARACTERS / 4) + "@" });
    expect(evaluateRule(long, "r", NOBODY).ours).toBe("deny");
    const many = parsePolicy(
      Object.fromEntries(Array.from({ length: MAX_RULES + 1 }, (_, n) => [`r${n}`, "@"])),
    );
    expect(many.rules.size).toBe(MAX_RULES);
    expect(many.failures).toHaveLength(1);
  });

  it.each([
    ["a run of parentheses", `${"(".repeat(30_000)}a:b${")".repeat(30_000)}`],
    ["a run of nots", `${"not ".repeat(15_000)}a:b`],
    ["one huge word", "x".repeat(60_000)],
    ["many words", "a ".repeat(30_000)],
    ["an unclosed format", `a:${"%(".repeat(20_000)}`],
    ["nested brackets on the left", `${"[".repeat(30_000)}:x`],
    ["a wide format", "a:%(x)999999999s"],
  ])("answers %s quickly and never with allow", (_name, rule) => {
    const startedAt = performance.now();
    const answer = evaluateRule(parsePolicy({ r: rule }), "r", { creds: {}, target: { x: "x" } });
    expect(answer.ours).toBe("deny");
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it("takes a flat rule of many operands", () => {
    const rule = `${"role:a and role:b or ".repeat(2_000)}role:c`;
    const answer = evaluateRule(parsePolicy({ r: rule }), "r", { creds: { roles: ["c"] }, target: {} });
    expect(answer).toEqual({ expect: { kind: "allow" }, ours: "allow" });
  });

  it("survives the lint of a rule nested far past the limit", () => {
    const policy = parsePolicy({ r: `${"not ".repeat(15_000)}a:b` });
    expect(lintPolicy(policy).map((finding) => finding.code)).toContain("too_deep");
    expect(canImport(policy)).toBe(false);
  });

  it("does not reach a prototype through a path or a format key", () => {
    const creds = { user: {} };
    for (const rule of [
      "constructor.name:Object",
      "user.__proto__:x",
      "a:%(constructor)s",
      "a:%(__proto__)s",
    ]) {
      expect(evaluateRule(parsePolicy({ r: rule }), "r", { creds, target: {} }).expect).toEqual({
        kind: "deny",
      });
    }
  });
});

describe("ours against the cloud's", () => {
  it.each([
    { rule: "nocolon or role:a", expect: "allow", ours: "deny" },
    { rule: "not nocolon", expect: "allow", ours: "deny" },
    { rule: "user.id:x or @", expect: "exception", ours: "deny" },
    { rule: "@ or user.id:x", expect: "allow", ours: "allow" },
    { rule: "not user_id:%(owner)s", expect: "allow", ours: "allow" },
    { rule: "http://198.51.100.1/", expect: "exception", ours: "deny" },
  ])("$rule", ({ rule, ...wanted }) => {
    const input = { creds: { roles: ["a"], user: "text" }, target: {} };
    const answer = evaluateRule(parsePolicy({ r: rule }), "r", input);
    expect({ expect: answer.expect.kind, ours: answer.ours }).toEqual(wanted);
  });
});

describe("findings at import", () => {
  it.each([
    [{ r: "broken broken" }, ["unparsable", "unparsable", "unparsable"], false],
    [{ r: "and" }, ["no_check"], false],
    [{ r: "https://198.51.100.1/" }, ["url_check"], false],
    [{ r: "class:x" }, ["left_side_invalid"], false],
    [{ r: "field:networks:shared=True" }, ["foreign_check"], false],
    [{ r: "tenant_id:%(tenant_id)s" }, ["foreign_check"], false],
    [{ r: "not rule:typo" }, ["unknown_rule"], false],
    [{ a: "rule:b or role:x", b: "not rule:a" }, ["rule_cycle"], false],
    [{ r: "not user_id:%(owner)s" }, ["not_over_missing"], true],
    [{ r: "" }, ["allows_all"], true],
    [{ default: "@" }, ["default_allows"], true],
    [{ r: "role:admin and project_id:%(project_id)s" }, [], true],
    [{ r: 5 }, [], false],
  ])("%j", (rules, codes, isImportable) => {
    const policy = parsePolicy(rules);
    expect(lintPolicy(policy).map((finding) => finding.code)).toEqual(codes);
    expect(canImport(policy)).toBe(isImportable);
  });
});
