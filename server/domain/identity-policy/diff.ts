import { formatCheck } from "../oslo/checks.ts";
import { parseRule } from "../oslo/parse.ts";
import { documentRules, type PolicyDocument } from "./document.ts";

export interface RuleDiff {
  rule: string;
  line: number;
  change: "added" | "changed" | "same";
  /** The rule in force under the override; null where there is none. */
  live: string | null;
  override: string;
  /** Alternatives of the rule in force that the override keeps, drops and adds: its fall-through tail, piece by piece. */
  kept: readonly string[];
  dropped: readonly string[];
  added: readonly string[];
}

export interface PolicyDiff {
  rows: readonly RuleDiff[];
  counts: { override: number; live: number; effective: number; added: number; changed: number; same: number };
}

/** Compares an override with the policy in force, rule by rule, as both are read and not as they are written. */
export function diffPolicy(document: PolicyDocument, live: Readonly<Record<string, unknown>>): PolicyDiff {
  const own = documentRules(document);
  const rows = document.entries.map(({ name, value, at }): RuleDiff => {
    const before = Object.hasOwn(live, name) ? printed(live[name]) : null;
    const override = printed(value);
    const liveParts = before === null ? [] : alternatives(live[name], {}, new Set());
    // A helper that only the override has is written out: its alternatives are the tail.
    const helpers = Object.fromEntries(
      Object.entries(own).filter(([helper]) => !Object.hasOwn(live, helper)),
    );
    const ownParts = alternatives(value, helpers, new Set([name]));
    return {
      rule: name,
      line: at.line,
      change: before === null ? "added" : before === override ? "same" : "changed",
      live: before,
      override,
      kept: ownParts.filter((part) => liveParts.includes(part)),
      dropped: liveParts.filter((part) => !ownParts.includes(part)),
      added: ownParts.filter((part) => !liveParts.includes(part)),
    };
  });
  const count = (change: RuleDiff["change"]) => rows.filter((row) => row.change === change).length;
  const names = new Set([...Object.keys(live), ...Object.keys(own)]);
  const counts = {
    override: rows.length,
    live: Object.keys(live).length,
    effective: names.size,
    added: count("added"),
    changed: count("changed"),
    same: count("same"),
  };
  return { rows, counts };
}

function printed(rule: unknown): string {
  const { check } = parseRule(rule);
  return check === null ? "(cannot be read)" : formatCheck(check);
}

/** The operands of the outermost "or", with the override's own helpers in their place, each written out once. */
function alternatives(
  rule: unknown,
  helpers: Readonly<Record<string, unknown>>,
  seen: Set<string>,
): string[] {
  const { check } = parseRule(rule);
  if (check === null) return [];
  const operands = check.kind === "or" ? check.checks : [check];
  return operands.flatMap((operand) => {
    const isHelper =
      operand.kind === "rule" && Object.hasOwn(helpers, operand.match) && !seen.has(operand.match);
    if (!isHelper) return [formatCheck(operand)];
    seen.add(operand.match);
    return alternatives(helpers[operand.match], helpers, seen);
  });
}
