import { lexRule, type RuleToken } from "../oslo/lex.ts";

export interface RuleFault {
  /** Characters of the rule before it. */
  at: number;
  code: "connector" | "parenthesis" | "quotes" | "no_colon" | "glued";
  says: string;
}

const PLACEHOLDER = /%\([^()]*\)/g;

/**
 * Why the grammar of oslo.policy does not take a rule, from the left: the first place that breaks it, then every check
 * that is none. Also what it takes, but not as it looks: connectors and parentheses without spaces around them.
 */
export function findRuleFaults(rule: string): RuleFault[] {
  const tokens = lexRule(rule);
  const broken = findBreak(rule, tokens);
  return [...(broken === null ? [] : [broken]), ...tokens.flatMap(findCheckFault)];
}

function findCheckFault(token: RuleToken): RuleFault[] {
  if (token.kind !== "check" || token.text === "@" || token.text === "!") return [];
  const { at, text } = token;
  const shown = JSON.stringify(text.slice(0, 60));
  if (!text.includes(":")) {
    const says = `${shown} has no colon: oslo.policy takes it for a check that always fails, so under not it allows.`;
    return [{ at, code: "no_colon", says }];
  }
  if (!/[()]/.test(text.replaceAll(PLACEHOLDER, ""))) return [];
  const says = `${shown} is read as one check. Put spaces around and, or, not, and around their parentheses.`;
  return [{ at, code: "glued", says }];
}

/** The grammar as a walk: an operand, then a connector, and so on; every parenthesis closed. */
function findBreak(rule: string, tokens: readonly RuleToken[]): RuleFault | null {
  const fault = (at: number, code: RuleFault["code"], says: string) => ({
    at,
    code,
    says: `${says} The whole rule denies.`,
  });
  const open: number[] = [];
  let isOperandNext = true;
  for (const token of tokens) {
    const { at, kind } = token;
    if (kind === "string") return fault(at, "quotes", "A text in quotes is no check.");
    if (kind === "and" || kind === "or") {
      if (isOperandNext) return fault(at, "connector", `Nothing stands before this ${kind}.`);
      isOperandNext = true;
    } else if (kind === ")") {
      if (open.pop() === undefined) return fault(at, "parenthesis", "This parenthesis closes nothing.");
      if (isOperandNext) return fault(at, "connector", "Nothing stands before this parenthesis.");
    } else {
      if (!isOperandNext)
        return fault(at, "connector", "Malformed connector: neither and nor or stands before this.");
      if (kind === "(") open.push(at);
      isOperandNext = kind !== "check";
    }
  }
  const opened = open.pop();
  if (opened !== undefined) return fault(opened, "parenthesis", "This parenthesis is not closed.");
  return isOperandNext ? fault(rule.length, "connector", "The rule ends where a check is expected.") : null;
}
