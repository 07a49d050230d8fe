import * as z from "zod";
import type { Json } from "../canonical/json.ts";
import { parsePath, valueAt } from "../runbook/path.ts";

const EXPECTATIONS_MAX = 20;
/** Longest pattern, in characters. */
const PATTERN_MAX = 500;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "mu") instanceof RegExp;
  } catch {
    return false;
  }
}

const scalar = z.union([z.null(), z.boolean(), z.number(), z.string().max(1000)]);

/** What a result has to be for the check to pass. The result is tested, not only the exit code. */
export const expectationSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("exit"), code: z.int().min(0).max(255) }),
  z.strictObject({
    kind: z.literal("matches"),
    /** ECMAScript, over standard output; ^ and $ are ends of lines. */
    pattern: z.string().min(1).max(PATTERN_MAX).refine(isPattern, "This pattern cannot be read."),
    /** False: the check passes where the pattern is not found. */
    isFound: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("json"),
    /** Dotted, with indices: `servers.0.status`. Standard output has to be one JSON text. */
    path: z
      .string()
      .min(1)
      .max(200)
      .refine((path) => jsonPath(path) !== null, "This is no path such as servers.0.status."),
    equals: scalar,
  }),
]);
export type Expectation = z.output<typeof expectationSchema>;

export const expectationsSchema = z.array(expectationSchema).max(EXPECTATIONS_MAX);

/** What a run gave. */
export interface CheckOutput {
  exitCode: number;
  stdout: string;
}

export interface Assertion {
  /** What was expected, in words. */
  expected: string;
  observed: string;
  holds: boolean;
}

/** Whether a pattern is found in a text, or null when that took too long to find out. */
export type FindPattern = (pattern: string, text: string) => Promise<boolean | null>;

/** Judges each expectation. What cannot be told does not hold. */
export async function judgeOutput(
  expectations: readonly Expectation[],
  output: CheckOutput,
  find: FindPattern,
): Promise<Assertion[]> {
  const assertions: Assertion[] = [];
  for (const expectation of expectations) assertions.push(await judge(expectation, output, find));
  return assertions;
}

async function judge(expectation: Expectation, output: CheckOutput, find: FindPattern): Promise<Assertion> {
  const expected = inWords(expectation);
  switch (expectation.kind) {
    case "exit":
      return { expected, observed: `exit ${output.exitCode}`, holds: output.exitCode === expectation.code };
    case "matches": {
      const found = await find(expectation.pattern, output.stdout);
      const observed = found === null ? "the pattern took too long" : found ? "found" : "not found";
      return { expected, observed, holds: found === expectation.isFound };
    }
    case "json":
      return { expected, ...judgeJson(expectation, output.stdout) };
  }
}

function judgeJson(
  { path, equals }: Extract<Expectation, { kind: "json" }>,
  stdout: string,
): Omit<Assertion, "expected"> {
  const parsed = parseJson(stdout);
  if (parsed === undefined) return { observed: "standard output is not JSON", holds: false };
  const value = valueAt({ root: parsed }, jsonPath(path) ?? []);
  if (value === undefined) return { observed: "there is nothing at this path", holds: false };
  return { observed: shorten(JSON.stringify(value)), holds: value === equals };
}

/** What an expectation says, for people. */
export function inWords(expectation: Expectation): string {
  switch (expectation.kind) {
    case "exit":
      return `exit ${expectation.code}`;
    case "matches":
      return `standard output ${expectation.isFound ? "matches" : "does not match"} /${expectation.pattern}/`;
    case "json":
      return `${expectation.path} is ${JSON.stringify(expectation.equals)}`;
  }
}

/** A path begins with an identifier; the text of a check may be a list, whose path begins with an index. */
function jsonPath(path: string) {
  return parsePath(`root.${path}`);
}

function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return jsonOf.parse(value);
  } catch {
    return undefined;
  }
}

const jsonOf: z.ZodType<Json> = z.json();

const OBSERVED_MAX = 200;
const shorten = (text: string) => (text.length <= OBSERVED_MAX ? text : `${text.slice(0, OBSERVED_MAX)}...`);
