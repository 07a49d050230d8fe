import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCheck } from "./checks.ts";
import { evaluateRule } from "./evaluate.ts";
import { explainRule } from "./explain.ts";
import { MAX_DEPTH } from "./limits.ts";
import { lintPolicy } from "./lint.ts";
import { parseRule } from "./parse.ts";
import { parsePolicy } from "./policy.ts";

const word = fc.constantFrom("and", "or", "not", "NOT", "(", ")", "((", "))", "a:b", "rule:r", "role:%(x)s", "nocolon", "'q'", "@", "!", "", ":", "%(", "\u3000"); // prettier-ignore
const hostile = fc.oneof(
  fc.array(word, { maxLength: 60 }).map((words) => words.join(" ")),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.tuple(word, fc.nat(3000)).map(([text, times]) => `${text} `.repeat(times)),
);
const INPUT = { creds: { roles: ["x"], a: "b" }, target: { x: "x" } };

describe("any text as a rule", () => {
  it("is answered, explained and linted without an error of ours, and an unparsable one never allows", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const policy = parsePolicy({ r: text });
        const answer = explainRule(policy, "r", INPUT);
        lintPolicy(policy);
        expect(answer.branch.length).toBeGreaterThan(0);
        if (policy.rules.get("r")?.kind === "unparsable") expect(answer.ours).toBe("deny");
        if (answer.expect.kind !== "allow") expect(answer.ours).toBe("deny");
      }),
      { numRuns: 500 },
    );
  });

  it("reads the same again from what is printed of it", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), (words) => {
        const { check, failures } = parseRule(words.join(" "));
        if (check === null || failures.length > 0 || check.kind === "token") return;
        const printed = formatCheck(check);
        const again = parseRule(printed).check;
        expect(again === null ? null : formatCheck(again)).toBe(printed);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("rules that refer to one another", () => {
  const doubled = (length: number, word: "and" | "or") => {
    const rules: Record<string, string> = { r0: word === "and" ? "@" : "!" };
    for (let index = 1; index <= length; index += 1) {
      rules[`r${index}`] = `rule:r${index - 1} ${word} rule:r${index - 1}`;
    }
    return parsePolicy(rules);
  };

  it.each([
    ["and", "allow"],
    ["or", "deny"],
  ] as const)("are asked once each, not 2^n times (%s)", (word, kind) => {
    const length = MAX_DEPTH / 2 - 2;
    const answer = explainRule(doubled(length, word), `r${length}`, INPUT);
    expect(answer.expect.kind).toBe(kind);
    expect(answer.branch.length).toBeLessThan(50);
  });

  it("end in an exception when they form a ring, whatever the branch", () => {
    const policy = parsePolicy({ a: "role:none or rule:b", b: "not rule:c", c: "rule:a and @" });
    for (const name of ["a", "b", "c"]) {
      const answer = explainRule(policy, name, INPUT);
      expect(answer).toMatchObject({ expect: { kind: "exception", error: "RecursionError" }, ours: "deny" });
    }
  });

  it("take the same answer from a rule that was asked before in the same evaluation", () => {
    const policy = parsePolicy({ leaf: "a:b", mid: "rule:leaf", r: "rule:mid and not rule:mid or rule:mid" });
    expect(evaluateRule(policy, "r", INPUT).ours).toBe("allow");
  });
});

describe("what Keystone fills in", () => {
  it.each([
    [{ system_scope: "all" }, "allow"],
    [{ system_scope: "", system: "all" }, "allow"],
    [{ system_scope: null }, "deny"],
    [{ system_scope: "all", system: "none" }, "allow"],
  ])("system from system_scope: %j", (creds, kind) => {
    expect(evaluateRule(parsePolicy({ r: "system:all" }), "r", { creds, target: {} }).expect.kind).toBe(kind);
  });
});

describe("the deciding branch", () => {
  it.each([
    ["role:x or a:c", ["r", "role:x"]],
    ["a:c or role:y", ["r", "(a:c or role:y)"]],
    ["role:x and a:b", ["r", "(role:x and a:b)"]],
    ["role:x and a:c and @", ["r", "a:c"]],
    ["not role:x", ["r", "not", "role:x"]],
    ["rule:other", ["r", "other", "a:%(x)s"]],
    ["rule:gone", ["r", "gone (not defined)"]],
    ["! or (role:x and (a:c or not @))", ["r", "(! or (role:x and (a:c or not @)))"]],
    ["@ and 100%:%d", ["r", "100%:%d"]],
  ])("of %s", (rule, branch) => {
    expect(explainRule(parsePolicy({ r: rule, other: "a:%(x)s" }), "r", INPUT).branch).toEqual(branch);
  });
});
