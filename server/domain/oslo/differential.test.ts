import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { formatCheck } from "./checks.ts";
import { evaluateRule } from "./evaluate.ts";
import { explainRule } from "./explain.ts";
import { parsePythonJson, readOsloDict } from "./json.ts";
import { parsePolicy } from "./policy.ts";
import type { OsloDict } from "./values.ts";

/** More with OSLO_CASES=10000. */
const CASES = Number(process.env["OSLO_CASES"] ?? 1500);
const SEED = Number(process.env["OSLO_SEED"] ?? 20261122);
const SCRIPT = fileURLToPath(new URL("./vectors/oslo-answers.py", import.meta.url));
const PYTHON = ["python3", "/usr/bin/python3"].find((python) => {
  try {
    execFileSync(python, ["-c", "import oslo_policy"], { stdio: "ignore" });
    return true;
  } catch {
    // No Python, or one without the library.
    return false;
  }
});

const pick = (...words: readonly string[]) => fc.constantFrom(...words);
const key = pick("user_id", "project_id", "target.role.name", "a(b)", "n", "f", "none", "flag", "lst", "dct", "missing", "", "big", "user.id"); // prettier-ignore
const conversion = pick("s", "s", "s", "s", "s", "s", "r", "a", "d", "5s", "-5s|", ".1s", "03d", "x", "#x", "f", ".2f", "e", "g", "c", "i", "o", "%", "", "z", " d", "+d", "*s", "ls", "5.2s"); // prettier-ignore
const template = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(key, conversion).map(([name, end]) => `%(${name})${end}`) },
  { weight: 3, arbitrary: pick("u1", "member", "True", "None", "7", "1.5", "", "all", "a", "d1", "ADMIN", "x", "['a', 'b']", "1.0", "%", "%%", "100%", "%s", "%d", "12345678901234567890") }, // prettier-ignore
);
const match = fc.oneof(
  { weight: 6, arbitrary: template },
  { weight: 1, arbitrary: fc.tuple(template, template).map((parts) => parts.join("")) },
);
const left = fc.oneof(
  {
    weight: 6,
    arbitrary: pick("user_id", "project_id", "domain_id", "is_admin", "token.user.id", "token.roles.name", "groups", "nested.id", "num", "system", "system_scope", "f", "none", "empty", "user.id", "missing", "token.missing.x", "big"), // prettier-ignore
  },
  {
    weight: 3,
    arbitrary: pick("'u1'", '"u1"', "True", "False", "None", "7", "-1", "0x7", "1.5", "1.0", "[]", "['a','b']", "(1,)", "1_000", "1e5", "'a'\"b\"", "b'x'", "1+2j", "...", "{}", "set()", "0o17", "'\\x41'", "r'\\x'", "+7", "--7", "1e400", "12345678901234567890"), // prettier-ignore
  },
  {
    weight: 1,
    arbitrary: pick("", "class", "123abc", "!role", "$x", "a-b", "a b", "a.b.", ".a", "'", "f'x'", "1+1", "not", "a(b)", "[", "\u00e9t\u00e9", "0777", "1__0", "user id", "lambda", "x if y else z", "tenant_id", "a,", "*a", "'a' 'b'"), // prettier-ignore
  },
);
const leaf = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(left, match).map((parts) => parts.join(":")) },
  { weight: 4, arbitrary: fc.oneof(template, pick("member", "ADMIN", "Reader", "\u0130")).map((role) => `role:${role}`) }, // prettier-ignore
  { weight: 4, arbitrary: pick("a", "b", "c", "r", "missing", "default").map((name) => `rule:${name}`) },
  { weight: 3, arbitrary: pick("@", "!") },
  { weight: 1, arbitrary: pick("nocolon", "ROLE:member", "RULE:a", "'quoted'", '"role:member"', "&&", "and(x:y)", ":", "::", "a:b)or(c:d") }, // prettier-ignore
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: fc.tuple(tie("expression"), pick("and", "or", "AND", "Or", "and  ", "\u3000or"), tie("expression")).map(([a, word, b]) => `${a} ${word} ${b}`) }, // prettier-ignore
    { weight: 2, arbitrary: fc.tuple(pick("(", "( "), tie("expression"), pick(")", " )")).map((parts) => parts.join("")) }, // prettier-ignore
    { weight: 1, arbitrary: fc.tuple(pick("not ", "NOT ", "not not "), tie("expression")).map((parts) => parts.join("")) }, // prettier-ignore
  ),
}));
const broken = fc.tuple(expression, fc.nat(200), pick(" ", "(", ")", "and", " or ", " not ", "\t", '"', ":", "\u0085", "\ufeff")).map(([text, at, insert]) => text.slice(0, at) + insert + text.slice(at)); // prettier-ignore
const rule = fc.oneof(
  { weight: 8, arbitrary: expression },
  { weight: 2, arbitrary: broken },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown[]>("", [], [[]], null, false, 0, 5, true, {}, { "a:b": 1 }, 1.5),
  },
  { weight: 1, arbitrary: fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxLength: 3 }) },
);
const creds = fc.constantFrom<unknown[]>(
  { user_id: "u1", project_id: "p1", roles: ["admin"], is_admin: true },
  {
    user_id: "u2", project_id: "p1", roles: ["member", "Reader"], is_admin: false, domain_id: null, system_scope: "all",
    token: { user: { id: "u2" }, roles: [{ name: "member" }, { name: "reader" }] },
    groups: ["g1", "a", 7], nested: [[{ id: "x" }]], num: 7, empty: "", user: "text", f: 1.5, none: null,
  },
  { user_id: 7, roles: null, user: { id: "u2" }, is_admin: "True", system_scope: "", system: "old", big: "BIG" },
  { roles: "member", token: null, groups: [{ id: 1 }], "": "", num: "FLOAT" },
  { roles: ["member", 5] },
  { roles: { member: 1 }, user_id: ["u1", "u2"], num: [1, true, null] },
  {},
); // prettier-ignore
const target = fc.constantFrom<unknown[]>(
  {
    user_id: "u1", project_id: "p1", "target.role.name": "member", "a(b)": "paren", n: 7, f: 1.5, none: null, flag: true,
    lst: ["a", "b"], dct: { k: "v" }, "": "empty", big: "BIG", "user.id": "u2",
  },
  { user_id: "u2", project_id: 7, n: "FLOAT", f: "x", flag: "True", "target.role.name": "ADMIN", user: { id: "u2" } },
  {},
); // prettier-ignore
const question = fc.record({
  rules: fc.record({ r: rule, a: rule, b: rule, c: expression, default: rule }, { requiredKeys: ["r", "a"] }),
  rule: fc.constantFrom("r", "r", "r", "a", "unknown"),
  creds,
  target,
  defaultRule: fc.constantFrom("default", "default", "b"),
});

const answersSchema = z.array(
  z.tuple([z.string(), z.string().nullable(), z.record(z.string(), z.string()).nullable()]),
);
const asked = z.array(
  z.object({
    rules: z.record(z.string(), z.unknown()),
    rule: z.string(),
    creds: z.custom<OsloDict>((value) => readOsloDict(value) !== null),
    target: z.custom<OsloDict>((value) => readOsloDict(value) !== null),
    defaultRule: z.string(),
  }),
);

/** Python finds its own name for what we call a cycle: the frames run out, or inspect gives up before. */
const sameError = (ours: string, theirs: string | null) =>
  ours === theirs ||
  (ours === "RecursionError" && theirs === "TypeError") ||
  // A width or a number past C's long is an error with us under another name.
  theirs === "OverflowError";

it("answers as the Python library does, on random policies", { timeout: 300_000 }, (context) => {
  if (PYTHON === undefined) return context.skip("No Python here imports oslo_policy (python3-oslo.policy).");
  const text = JSON.stringify(fc.sample(question, { numRuns: CASES, seed: SEED }))
    .replaceAll('"BIG"', "12345678901234567890")
    .replaceAll('"FLOAT"', "1.0");
  const options = { input: text, maxBuffer: 1 << 30, encoding: "utf8" } as const;
  const theirs = answersSchema.parse(JSON.parse(execFileSync(PYTHON, [SCRIPT], options)));
  const questions = asked.parse(parsePythonJson(text));
  const differences: unknown[] = [];
  const seen = new Map<string, number>();
  for (const [index, { rules, rule: name, creds: who, target: what, defaultRule }] of questions.entries()) {
    const [kind, error, trees] = theirs[index] ?? ["", null, null];
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const policy = parsePolicy(rules, defaultRule);
    const input = { creds: who, target: what };
    const { expect: cloud } = evaluateRule(policy, name, input);
    const isRead = policy.unreadable.length === 0;
    const isSame = isRead
      ? cloud.kind === kind && (cloud.kind !== "exception" || sameError(cloud.error, error))
      : kind === "parse-exception";
    const ourTrees = Object.fromEntries([...policy.rules].map(([each, check]) => [each, formatCheck(check)]));
    const isTreeSame = !isRead || JSON.stringify(ourTrees) === JSON.stringify(trees);
    const isExplained = !isRead || explainRule(policy, name, input).branch.length > 0;
    if (!isSame || !isTreeSame || !isExplained)
      differences.push({ rules, name, who, what, cloud, kind, error, trees, defaultRule });
  }
  expect(differences.slice(0, 5)).toEqual([]);
  // Every kind of answer has to come up, or the cases are no test.
  for (const kind of ["allow", "deny", "exception", "parse-exception"])
    expect(seen.get(kind), kind).toBeGreaterThan(CASES / 100);
});
