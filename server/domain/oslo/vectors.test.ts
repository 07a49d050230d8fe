import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatCheck } from "./checks.ts";
import { evaluateRule } from "./evaluate.ts";
import { parseRule } from "./parse.ts";
import { parsePolicy, STANDARD_DEFAULT_RULE } from "./policy.ts";
import { isDict, type OsloDict, type OsloValue, WholeFloat } from "./values.ts";

const osloValue: z.ZodType<OsloValue> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string(),
    z.instanceof(WholeFloat),
    z.array(osloValue),
    z.record(z.string(), osloValue),
  ]),
);

const vectorsSchema = z.object({
  creds: z.record(z.string(), osloValue),
  targets: z.record(z.string(), osloValue),
  cases: z.array(
    z.object({
      id: z.string(),
      rules: z.record(z.string(), z.unknown()),
      defaultRule: z.string().optional(),
      enforce: z.string(),
      creds: osloValue,
      target: osloValue,
      expect: z.object({
        result: z.enum(["allow", "deny", "exception", "parse-exception"]),
        parse: z.enum(["ok", "parse-failure", "lone-token"]),
        parseFailures: z.number().optional(),
        tree: z.unknown().optional(),
      }),
      ours: z.enum(["allow", "deny"]),
    }),
  ),
});

const realSchema = z.object({ cases: z.array(z.object({ rule: z.string(), tree: z.string() })) });

/** JSON's 1.0 is a float for Python: the reviver sees the source text. */
function readVectors(name: string): unknown {
  const text = readFileSync(new URL(`./vectors/${name}`, import.meta.url), "utf8");
  const revive = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" && Number.isInteger(value) && /[.eE]/.test(context?.source ?? "")
      ? new WholeFloat(value)
      : value;
  return JSON.parse(text, revive);
}

const vectors = vectorsSchema.parse(readVectors("oslo-vectors.json"));
const real = realSchema.parse(readVectors("oslo-real-check-strings.json"));

function named(value: OsloValue, table: Record<string, OsloValue>): OsloDict {
  const found = typeof value === "string" ? (table[value] ?? null) : value;
  if (!isDict(found)) throw new Error(`The vector names ${JSON.stringify(value)}, which is no mapping.`);
  return found;
}

describe("oslo.policy vectors", () => {
  it.each(vectors.cases.map((vector) => [vector.id, vector] as const))("%s", (_id, vector) => {
    const policy = parsePolicy(vector.rules, vector.defaultRule ?? STANDARD_DEFAULT_RULE);
    const answer = evaluateRule(policy, vector.enforce, {
      creds: named(vector.creds, vectors.creds),
      target: named(vector.target, vectors.targets),
    });
    const isUnreadable = policy.unreadable.length > 0;
    expect(isUnreadable ? "parse-exception" : answer.expect.kind).toBe(vector.expect.result);
    expect(answer.ours).toBe(vector.ours);
    expect(policy.failures.length).toBe(vector.expect.parseFailures ?? 0);
    const check = policy.rules.get(vector.enforce);
    const isTreeGiven = typeof vector.expect.tree === "string";
    if (isTreeGiven) expect(check === undefined ? null : formatCheck(check)).toBe(vector.expect.tree);
    expect(check?.kind === "token").toBe(vector.expect.parse === "lone-token");
  });

  it("covers every case of the file", () => {
    expect(vectors.cases.length).toBe(218);
  });
});

describe("default rules of eleven services", () => {
  it.each(real.cases.map((entry) => [entry.rule, entry.tree]))("%s", (rule, tree) => {
    const parsed = parseRule(rule);
    expect(parsed.failures).toEqual([]);
    expect(parsed.check === null ? null : formatCheck(parsed.check)).toBe(tree);
  });
});
