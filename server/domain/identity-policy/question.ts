import { explainRule } from "../oslo/explain.ts";
import { parsePythonJson, readOsloDict } from "../oslo/json.ts";
import { lintPolicy } from "../oslo/lint.ts";
import { parsePolicy, STANDARD_DEFAULT_RULE } from "../oslo/policy.ts";
import { type OsloDict, WholeFloat } from "../oslo/values.ts";

/** Errors listed at most; a file of nothing but mistakes is not repeated whole. */
const MAX_ERRORS = 200;

export interface PolicyQuestion {
  /** What YAML or JSON made of the policy file. */
  rules: Readonly<Record<string, unknown>>;
  /** Name of the rule that is asked. */
  rule: string;
  creds: OsloDict;
  /** Flat: "target.role.name" is one key. */
  target: OsloDict;
  /** `policy_default_rule` of the service; "default" where nobody set another. */
  defaultRule: string;
}

export interface QuestionError {
  /** The rule it is about; empty for the file as a whole. */
  rule: string;
  code: string;
  says: string;
}

export interface QuestionAnswer {
  /** What the cloud does; parse-exception: the service cannot even read its policy. */
  expect: "allow" | "deny" | "exception" | "parse-exception";
  /** What is allowed here: never more than the cloud, and nothing that raises or is not understood. */
  ours: "allow" | "deny";
  /** From the rule that was asked down to what decided, joined by " > ". */
  branch: string;
  /** Why the policy would not be taken as it is, and what the evaluation raised. */
  errors: QuestionError[];
}

/** What is wrong with a question: the field or the line, and a sentence about it. */
export class BadQuestion extends Error {
  override readonly name = "BadQuestion";
}

/** One question, or a list of them, as JSON. Throws BadQuestion. */
export function readQuestions(text: string): PolicyQuestion | PolicyQuestion[] {
  const document = parseJson(text);
  if (!Array.isArray(document)) return readQuestion(document, "");
  return document.map((item, index) => readQuestion(item, `[${index}].`));
}

export function answerQuestion(question: PolicyQuestion): QuestionAnswer {
  const { rules, rule, creds, target, defaultRule } = question;
  const policy = parsePolicy(rules, defaultRule);
  const errors: QuestionError[] = lintPolicy(policy)
    .filter(({ severity }) => severity === "error")
    .slice(0, MAX_ERRORS)
    .map(({ ruleName, code, message }) => ({ rule: ruleName, code, says: message }));
  const [unreadable] = policy.unreadable;
  if (unreadable !== undefined) {
    const says = "oslo.policy raises while it reads this rule: it is neither a text nor a list.";
    errors.unshift(...policy.unreadable.map((name) => ({ rule: name, code: "unreadable", says })));
    return { expect: "parse-exception", ours: "deny", branch: `${unreadable} (cannot be read)`, errors };
  }
  const { expect, ours, branch } = explainRule(policy, rule, { creds, target });
  if (expect.kind === "exception") {
    errors.push({ rule, code: "raises", says: `${expect.error}: ${expect.message}` });
  }
  return { expect: expect.kind, ours, branch: branch.join(" > "), errors };
}

function parseJson(text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    if (error instanceof RangeError) throw new BadQuestion("The JSON is nested too deeply.");
    if (!(error instanceof SyntaxError)) throw error;
    const place = /line (\d+) column (\d+)/.exec(error.message);
    const lines = text.split("\n");
    const line = place?.[1] ?? lines.length;
    const column = place?.[2] ?? (lines.at(-1)?.length ?? 0) + 1;
    throw new BadQuestion(`line ${line}, column ${column}: this is not JSON.`);
  }
}

const FIELDS = ["rules", "rule", "creds", "target", "defaultRule", "default_rule"];

function readQuestion(value: unknown, where: string): PolicyQuestion {
  if (!isMapping(value))
    throw new BadQuestion(`${where === "" ? "" : `${where.slice(0, -1)}: `}a question is a JSON object.`);
  const bad = (field: string, says: string) => new BadQuestion(`${where}${field}: ${says}`);
  const unknown = Object.keys(value).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw bad(JSON.stringify(unknown.slice(0, 80)), "is no field of a question.");
  const { rules, rule } = value;
  if (!isMapping(rules)) throw bad("rules", "has to be an object of rules by their names.");
  if (typeof rule !== "string") throw bad("rule", "has to be the name of the rule that is asked, as a text.");
  const defaultRule = value["defaultRule"] ?? value["default_rule"] ?? STANDARD_DEFAULT_RULE;
  if (typeof defaultRule !== "string") throw bad("defaultRule", "has to be a name, as a text.");
  const dict = (field: "creds" | "target") => {
    const read = readOsloDict(value[field]);
    if (read === null) throw bad(field, "has to be an object, nested at most 100 deep.");
    return read;
  };
  return { rules, rule, creds: dict("creds"), target: dict("target"), defaultRule };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof WholeFloat)
  );
}
