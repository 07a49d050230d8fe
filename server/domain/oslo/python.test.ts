import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatPercent } from "./percent-format.ts";
import { PythonError } from "./python-error.ts";
import { evaluateLiteral } from "./python-literal.ts";
import { pythonRepr, WholeFloat } from "./values.ts";

const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()]);
const answersSchema = z.object({
  target: z.record(z.string(), z.union([scalar, z.array(scalar), z.record(z.string(), scalar)])),
  literals: z.array(z.tuple([z.string(), z.array(z.string())])),
  formats: z.array(z.tuple([z.string(), z.array(z.string())])),
});

const file = new URL("./vectors/python-answers.json", import.meta.url);
const answers = answersSchema.parse(JSON.parse(readFileSync(file, "utf8")));

function answerOrError(answer: () => string[]): string[] {
  try {
    return answer();
  } catch (error) {
    if (error instanceof PythonError) return [error.pythonName];
    throw error;
  }
}

describe("CPython's own answers", () => {
  it.each(answers.literals)("literal_eval(%j)", (text, expected) => {
    const answer = answerOrError(() => {
      const literal = evaluateLiteral(text);
      return literal.kind === "literal" ? [literal.kind, literal.text] : [literal.kind];
    });
    expect(answer).toEqual(expected);
  });

  it.each(answers.formats)("%j %% target", (text, expected) => {
    const answer = answerOrError(() => {
      const formatted = formatPercent(text, answers.target);
      return formatted.kind === "text" ? [formatted.kind, formatted.text] : [formatted.kind];
    });
    expect(answer).toEqual(expected);
  });

  it.each([
    [new WholeFloat(1e16), "1e+16"],
    [1e15 + 0.5, "1000000000000000.5"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [new WholeFloat(1), "1.0"],
    [7, "7"],
    ["it's", `"it's"`],
    ["both ' and \"", `'both \\' and "'`],
    ["\u00a0", "'\\xa0'"],
    [{ k: [null, true] }, "{'k': [None, True]}"],
  ])("repr of %j", (value, expected) => {
    expect(pythonRepr(value)).toBe(expected);
  });
});
