import type { Check } from "./checks.ts";
import { MAX_RULES } from "./limits.ts";
import { parseRule } from "./parse.ts";

/** Oslo's `policy_default_rule` when nothing else is configured. */
export const STANDARD_DEFAULT_RULE = "default";

export interface RuleFailure {
  ruleName: string;
  message: string;
}

export interface Policy {
  rules: ReadonlyMap<string, Check>;
  /** Evaluated for a rule that is not defined. */
  defaultRule: string;
  /** What oslo logs as not understood, in file order. */
  failures: readonly RuleFailure[];
  /** Rules on which oslo raises while it reads the file, so the service never answers. */
  unreadable: readonly string[];
}

/** Parses a whole policy file, given as the mapping YAML or JSON made of it. */
export function parsePolicy(
  source: Readonly<Record<string, unknown>>,
  defaultRule: string = STANDARD_DEFAULT_RULE,
): Policy {
  const rules = new Map<string, Check>();
  const failures: RuleFailure[] = [];
  const unreadable: string[] = [];
  const entries = Object.entries(source);
  if (entries.length > MAX_RULES) {
    failures.push({
      ruleName: "",
      message: `The file has more than ${MAX_RULES} rules; the rest is not read.`,
    });
  }
  for (const [name, text] of entries.slice(0, MAX_RULES)) {
    const parsed = parseRule(text);
    if (parsed.check === null) unreadable.push(name);
    rules.set(name, parsed.check ?? { kind: "unparsable", text: String(text) });
    failures.push(...parsed.failures.map((message) => ({ ruleName: name, message })));
  }
  return { rules, defaultRule, failures, unreadable };
}
