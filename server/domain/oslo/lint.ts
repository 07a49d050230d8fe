import { type Check, walkChecks } from "./checks.ts";
import type { Policy } from "./policy.ts";
import { PythonError } from "./python-error.ts";
import { evaluateLiteral } from "./python-literal.ts";

export const findingCodes = [
  "unparsable",
  "no_check",
  "too_deep",
  "url_check",
  "left_side_invalid",
  "foreign_check",
  "unknown_rule",
  "rule_cycle",
  "not_over_missing",
  "allows_all",
  "default_allows",
] as const;

export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  ruleName: string;
  code: FindingCode;
  /** An error refuses the import; a warning is a way to fail open that a person should see. */
  severity: "error" | "warning";
  message: string;
  /** Which check of the rule, counted from the left in reading order; null for the rule as a whole. */
  leaf: number | null;
}

/** Check classes Neutron registers for itself; as attributes they would mean something else. */
const FOREIGN_KINDS = new Set(["field", "tenant_id"]);

/** What a person should know before this policy decides anything: errors and the known ways to fail open. */
export function lintPolicy(policy: Policy): Finding[] {
  const findings: Finding[] = policy.failures.map(({ ruleName, message }) => ({
    ruleName,
    code: "unparsable",
    severity: "error",
    message,
    leaf: null,
  }));
  for (const [ruleName, root] of policy.rules) {
    let leaf = 0;
    for (const check of walkChecks(root)) {
      findings.push(...lintCheck(policy, ruleName, check).map((finding) => ({ ...finding, leaf })));
      if (check.kind !== "not" && check.kind !== "and" && check.kind !== "or") leaf += 1;
    }
    if (root.kind === "true") findings.push(lintAllowAll(policy, ruleName));
  }
  findings.push(...findCycles(policy));
  return findings;
}

type LeafFinding = Omit<Finding, "leaf">;

function lintCheck(policy: Policy, ruleName: string, check: Check): LeafFinding[] {
  const error = (code: FindingCode, message: string): LeafFinding[] => [
    { ruleName, code, severity: "error", message },
  ];
  switch (check.kind) {
    case "token":
      return error("no_check", `"${check.text}" is no check; oslo.policy raises on it.`);
    case "too_deep":
      return error("too_deep", "The rule is nested too deeply to evaluate.");
    case "http":
      return error(
        "url_check",
        `${check.scheme}: would send credentials to a URL; it is not evaluated here.`,
      );
    case "generic":
      return lintLeftSide(ruleName, check.left);
    case "rule":
      return policy.rules.has(check.match)
        ? []
        : error("unknown_rule", `Rule ${check.match} is not defined; the default rule answers for it.`);
    case "not":
      return lintNot(ruleName, check.check);
    case "true":
    case "false":
    case "unparsable":
    case "role":
    case "and":
    case "or":
      return [];
  }
}

function lintLeftSide(ruleName: string, left: string): LeafFinding[] {
  if (FOREIGN_KINDS.has(left)) {
    const message = `${left}: is a check of Neutron's own; it cannot be evaluated here.`;
    return [{ ruleName, code: "foreign_check", severity: "error", message }];
  }
  try {
    evaluateLiteral(left);
    return [];
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const message = `"${left}" is no Python expression; oslo.policy raises ${error.pythonName} on it.`;
    return [{ ruleName, code: "left_side_invalid", severity: "error", message }];
  }
}

/** `not user_id:%(owner)s` allows when the target has no owner, `not rule:typo` when the rule is not there. */
function lintNot(ruleName: string, inner: Check): LeafFinding[] {
  const canMiss = [...walkChecks(inner)].some(
    (check) =>
      check.kind === "generic" ||
      check.kind === "unparsable" ||
      (check.kind === "role" && check.match.includes("%")),
  );
  if (!canMiss) return [];
  const message = "A not over something that can be missing allows when it is missing.";
  return [{ ruleName, code: "not_over_missing", severity: "warning", message }];
}

function lintAllowAll(policy: Policy, ruleName: string): Finding {
  if (ruleName === policy.defaultRule) {
    const message = "The default rule allows, so every unknown rule name allows.";
    return { ruleName, code: "default_allows", severity: "warning", message, leaf: null };
  }
  const message = "The rule allows everybody.";
  return { ruleName, code: "allows_all", severity: "warning", message, leaf: null };
}

/** Reference cycles, also under `not` and behind branches that an evaluation would not reach. */
function findCycles(policy: Policy): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  for (const start of policy.rules.keys()) {
    const path: { name: string; rest: string[] }[] = [{ name: start, rest: listReferences(policy, start) }];
    while (path.length > 0) {
      const top = path.at(-1);
      const next = top?.rest.pop();
      if (top === undefined || next === undefined) {
        if (top !== undefined) done.add(top.name);
        path.pop();
        continue;
      }
      if (path.some((step) => step.name === next)) {
        const message = `Rule ${next} refers to itself; oslo.policy raises when it gets there.`;
        findings.push({ ruleName: next, code: "rule_cycle", severity: "error", message, leaf: null });
      } else if (!done.has(next)) path.push({ name: next, rest: listReferences(policy, next) });
    }
  }
  return findings;
}

function listReferences(policy: Policy, ruleName: string): string[] {
  const root = policy.rules.get(ruleName);
  if (root === undefined) return [];
  return [...walkChecks(root)].flatMap((check) => (check.kind === "rule" ? [check.match] : []));
}

/** True when every rule is understood and can be evaluated; warnings are for a person to accept. */
export function canImport(policy: Policy): boolean {
  return (
    policy.unreadable.length === 0 && lintPolicy(policy).every((finding) => finding.severity === "warning")
  );
}
