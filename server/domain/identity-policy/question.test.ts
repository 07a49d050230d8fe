import { describe, expect, it } from "vitest";
import { BadQuestion, readQuestions } from "./question.ts";

const question = { rules: { r: "@" }, rule: "r", creds: {}, target: {} };

describe("a question that cannot be read", () => {
  it.each([
    ["a missing rule", { ...question, rule: undefined }, "rule: has to be"],
    ["rules that are a list", { ...question, rules: ["@"] }, "rules: has to be"],
    ["rules that are a number", { ...question, rules: 1 }, "rules: has to be"],
    ["credentials that are a text", { ...question, creds: "MEMBER" }, "creds: has to be"],
    ["credentials that are a list", { ...question, creds: [] }, "creds: has to be"],
    ["no target", { ...question, target: undefined }, "target: has to be"],
    ["a field that there is not", { ...question, roles: [] }, '"roles": is no field'],
    ["a default rule that is a number", { ...question, defaultRule: 1 }, "defaultRule: has to be"],
    ["the second of two", [question, 5], "[1]: a question is a JSON object"],
    ["a field of the second of two", [question, { ...question, rule: 1 }], "[1].rule: has to be"],
    ["a number", 7, "a question is a JSON object"],
    ["null", null, "a question is a JSON object"],
  ])("names the field of %s", (_what, input, says) => {
    expect(() => readQuestions(JSON.stringify(input))).toThrow(says);
    expect(() => readQuestions(JSON.stringify(input))).toThrow(BadQuestion);
  });

  it.each([
    ["a comma too few", '{"rules": {},\n"rule": "r" "creds": {}}', "line 2, column"],
    ["an end too early", '{"rules": {\n', "line 2, column 1"],
    ["nothing", "", "line 1, column 1"],
    ["nested arrays without end", "[".repeat(200_000), "line 1"],
    ["arrays nested too deeply to go through", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "nested"],
    [
      "credentials nested too deeply",
      `{"rules":{},"rule":"r","target":{},"creds":{"a":${"[".repeat(500)}${"]".repeat(500)}}}`,
      "creds: has to be",
    ],
  ])("names the place of %s", (_what, text, says) => {
    expect(() => readQuestions(text)).toThrow(says);
    expect(() => readQuestions(text)).toThrow(BadQuestion);
  });
});
