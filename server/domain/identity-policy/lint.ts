import { type Check, walkChecks } from "../oslo/checks.ts";
import { lexRule } from "../oslo/lex.ts";
import { lintPolicy } from "../oslo/lint.ts";
import { parsePolicy, type Policy } from "../oslo/policy.ts";
import { documentRules, type PolicyDocument } from "./document.ts";
import type { KeystoneRelease } from "./keystone-release.ts";
import type { Place, PolicyEntry } from "./policy-entry.ts";
import { findRuleFaults } from "./rule-fault.ts";
import { lintTemplates } from "./template-lint.ts";

export interface PolicyFinding extends Place {
  /** The rule it is about; null for the file as a whole. */
  rule: string | null;
  code: string;
  /** An error: the file is not to be attached. A warning: a person should know. */
  severity: "error" | "warning";
  says: string;
}

export interface LintContext {
  /** What the file is laid over: the service's own rules, and the cloud's file over them. */
  live: Readonly<Record<string, unknown>>;
  /** Null for a service other than Keystone: placeholders are not looked at. */
  release: KeystoneRelease | null;
}

/** Everything wrong with a policy file, by line and column. */
export function lintDocument(document: PolicyDocument, { live, release }: LintContext): PolicyFinding[] {
  const own = new Map(document.entries.map((entry) => [entry.name, entry]));
  const policy = parsePolicy({ ...live, ...documentRules(document) });
  const findings: PolicyFinding[] = document.faults.map(({ at, code, severity, says }) => ({
    ...at,
    rule: null,
    code,
    severity,
    says,
  }));
  for (const entry of own.values()) findings.push(...lintEntry(entry, policy));
  for (const { ruleName, code, severity, message, leaf } of lintPolicy(policy)) {
    const entry = own.get(ruleName);
    if (entry === undefined || code === "unparsable") continue;
    const isUnderNot = code === "unknown_rule" && leavesUnderNot(policy.rules.get(ruleName)).has(leaf ?? -1);
    const says = isUnderNot
      ? `${message} It stands under not: where that answer is no, this allows.`
      : message;
    findings.push({ ...leafPlace(entry, leaf), rule: ruleName, code, severity, says });
  }
  if (release !== null) findings.push(...lintForKeystone(own, policy, release));
  return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}

function lintForKeystone(
  own: ReadonlyMap<string, PolicyEntry>,
  policy: Policy,
  release: KeystoneRelease,
): PolicyFinding[] {
  const findings: PolicyFinding[] = lintTemplates(policy, new Set(own.keys()), release).flatMap((found) => {
    const entry = own.get(found.rule);
    if (entry === undefined) return [];
    const { rule, leaf, severity, says } = found;
    return [
      {
        ...leafPlace(entry, leaf),
        rule,
        code: "template_unresolved",
        severity,
        says: `${says} (${release.label})`,
      },
    ];
  });
  if (release.isNativePersona && [...own.keys()].some((name) => name.startsWith("identity:"))) {
    const says = `${release.label} has a domain manager of its own and enforces scopes: this override has to be removed, not attached.`;
    findings.push({ line: 1, column: 1, rule: null, code: "override_obsolete", severity: "error", says });
  }
  return findings;
}

function lintEntry(entry: PolicyEntry, policy: Policy): PolicyFinding[] {
  const { name, value } = entry;
  if (policy.unreadable.includes(name)) {
    const says = "A rule is a text, or a list in the old form. The service does not start with this one.";
    return [{ ...entry.valueAt, rule: name, code: "unreadable", severity: "error", says }];
  }
  if (typeof value !== "string") return lintListForm(entry, policy);
  const findings: PolicyFinding[] = [];
  // A lone word that is no check raises; that is told as such.
  if (value !== "" && policy.rules.get(name)?.kind !== "token") {
    for (const { at, code, says } of findRuleFaults(value)) {
      findings.push({ ...placeIn(entry, at), rule: name, code, severity: "error", says });
    }
  }
  const failure = policy.failures.find(({ ruleName }) => ruleName === name);
  if (failure !== undefined && findings.length === 0) {
    findings.push({
      ...entry.valueAt,
      rule: name,
      code: "unparsable",
      severity: "error",
      says: failure.message,
    });
  }
  let leaf = 0;
  for (const check of walkChecks(policy.rules.get(name) ?? { kind: "false" })) {
    if (check.kind === "generic" && /^(?:True|False)$/.test(check.left) && check.match.includes("%(")) {
      const says = `${check.left} is compared with Python's spelling of the value: a text "true" from a request is not it.`;
      findings.push({
        ...leafPlace(entry, leaf),
        rule: name,
        code: "literal_spelling",
        severity: "warning",
        says,
      });
    }
    if (isLeaf(check)) leaf += 1;
  }
  return findings;
}

function lintListForm(entry: PolicyEntry, policy: Policy): PolicyFinding[] {
  const failures = policy.failures.filter(({ ruleName }) => ruleName === entry.name);
  return failures.map(({ message }) => ({
    ...entry.valueAt,
    rule: entry.name,
    code: "unparsable",
    severity: "error",
    says: message,
  }));
}

const isLeaf = ({ kind }: Check) => kind !== "not" && kind !== "and" && kind !== "or";

function leavesUnderNot(root: Check | undefined): Set<number> {
  const found = new Set<number>();
  let leaf = 0;
  const walk = (check: Check, isUnder: boolean): void => {
    if (check.kind === "not") return walk(check.check, true);
    if (check.kind === "and" || check.kind === "or")
      return check.checks.forEach((inner) => walk(inner, isUnder));
    if (isUnder) found.add(leaf);
    leaf += 1;
  };
  if (root !== undefined) walk(root, false);
  return found;
}

/** The place of one check, counted from the left; of the rule where that is not known. */
function leafPlace(entry: PolicyEntry, leaf: number | null): Place {
  if (typeof entry.value !== "string" || leaf === null) return entry.valueAt;
  const at = checkStarts(entry, entry.value)[leaf];
  return at === undefined ? entry.valueAt : placeIn(entry, at);
}

/** Read once for each rule: a rule of nothing but mistakes has thousands of findings. */
const starts = new WeakMap<PolicyEntry, number[]>();

function checkStarts(entry: PolicyEntry, rule: string): number[] {
  const known = starts.get(entry);
  if (known !== undefined) return known;
  const fresh = lexRule(rule).flatMap(({ kind, at }) => (kind === "check" ? [at] : []));
  starts.set(entry, fresh);
  return fresh;
}

function placeIn({ textAt, valueAt }: PolicyEntry, at: number): Place {
  return textAt === null ? valueAt : { line: textAt.line, column: textAt.column + at };
}
