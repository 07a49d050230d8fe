import { type Check } from "../oslo/checks.ts";
import type { Policy } from "../oslo/policy.ts";
import { findOperation, type KeystoneOperation, urlVariables } from "./keystone-operation.ts";
import type { KeystoneRelease } from "./keystone-release.ts";

/** Where a check stands in the file that is linted: its rule, and which of its checks. */
export interface Anchor {
  rule: string;
  leaf: number;
}

export interface TemplateFinding extends Anchor {
  severity: "error" | "warning";
  says: string;
}

export type Resolved = "yes" | "outside" | "no";

/**
 * Whether %(key)s has a value when the operation is judged. `outside`: it came from the request's body or query, which
 * Keystone put among the plain keys before the fix of CVE-2026-42999 and does not since.
 */
export function resolveKey(operation: KeystoneOperation, key: string, release: KeystoneRelease): Resolved {
  const { loads, creates, listKey, filters, method } = operation;
  if (urlVariables(operation).includes(key) || key === listKey) return "yes";
  const [first = "", second = ""] = key.split(".");
  const hasBody = method !== "GET" && method !== "DELETE";
  if (first === "target") return [...loads, creates].some((kind) => kind === second) ? "yes" : "no";
  const isNamespaced = release.body === "namespaced";
  if (first === "request_body") return isNamespaced && hasBody ? "yes" : "no";
  if (first === "filter_attr")
    return isNamespaced && filters.includes(key.slice(first.length + 1)) ? "yes" : "no";
  const isOfBody = hasBody && key.includes(".") && bodyRoots(operation).includes(first);
  if (!filters.includes(key) && !isOfBody) return "no";
  return isNamespaced ? "outside" : "yes";
}

/** A body holds the resource under its own name: {"user": {...}}. */
function bodyRoots({ rule, creates, loads }: KeystoneOperation): string[] {
  const noun = rule.replace(/^identity:\w+?_/, "");
  return [noun, ...(creates === null ? loads : [creates])];
}

interface Use extends Anchor {
  key: string;
  resolved: Map<Resolved, Set<string>>;
  isCreate: boolean;
}

interface Walk {
  policy: Policy;
  release: KeystoneRelease;
  own: ReadonlySet<string>;
  uses: Map<string, Use>;
}

/** Placeholders of the file's operations that have no value when they are asked, wherever the helper that holds them is. */
export function lintTemplates(
  policy: Policy,
  own: ReadonlySet<string>,
  release: KeystoneRelease,
): TemplateFinding[] {
  const walk: Walk = { policy, release, own, uses: new Map() };
  for (const name of own) {
    const operation = findOperation(name);
    if (operation !== null) visitRule(walk, { operation, name, seen: new Set() }, null);
  }
  return [...walk.uses.values()].flatMap(describe);
}

interface Visit {
  operation: KeystoneOperation;
  name: string;
  seen: Set<string>;
}

function visitRule(walk: Walk, visit: Visit, anchor: Anchor | null): void {
  const root = walk.policy.rules.get(visit.name);
  if (root === undefined || visit.seen.has(visit.name)) return;
  visit.seen.add(visit.name);
  let leaf = 0;
  const visitCheck = (check: Check, twins: readonly string[]): void => {
    if (check.kind === "not") return visitCheck(check.check, []);
    if (check.kind === "and") return check.checks.forEach((inner) => visitCheck(inner, []));
    if (check.kind === "or") {
      const known = resolvedLefts(walk, visit.operation, check.checks);
      return check.checks.forEach((inner) => visitCheck(inner, known));
    }
    const here = walk.own.has(visit.name) ? { rule: visit.name, leaf } : anchor;
    leaf += 1;
    if (check.kind === "rule") visitRule(walk, { ...visit, name: check.match }, here);
    else if ((check.kind === "generic" || check.kind === "role") && here !== null) {
      const left = check.kind === "generic" ? check.left : "role";
      if (!twins.includes(left)) noteKeys(walk, visit.operation, { here, match: check.match });
    }
  };
  visitCheck(root, []);
}

/** Left sides that an alternative with a value compares as well: the dead twin beside it does no harm. */
function resolvedLefts(walk: Walk, operation: KeystoneOperation, checks: readonly Check[]): string[] {
  return checks.flatMap((check) => {
    if (check.kind !== "generic") return [];
    const keys = listKeys(check.match);
    const isResolved =
      keys.length > 0 && keys.every((key) => resolveKey(operation, key, walk.release) === "yes");
    return isResolved ? [check.left] : [];
  });
}

const listKeys = (match: string) => [...match.matchAll(/%\(([^()]*)\)/g)].map((found) => found[1] ?? "");

function noteKeys(
  walk: Walk,
  operation: KeystoneOperation,
  { here, match }: { here: Anchor; match: string },
): void {
  for (const key of listKeys(match)) {
    const id = `${here.rule} ${here.leaf} ${key}`;
    const use = walk.uses.get(id) ?? { ...here, key, resolved: new Map(), isCreate: false };
    walk.uses.set(id, use);
    const resolved = resolveKey(operation, key, walk.release);
    const rules = use.resolved.get(resolved) ?? new Set();
    use.resolved.set(resolved, rules.add(operation.rule));
    if (resolved === "outside" && operation.creates !== null) use.isCreate = true;
  }
}

function describe({ rule, leaf, key, resolved, isCreate }: Use): TemplateFinding[] {
  const outside = [...(resolved.get("outside") ?? [])];
  const [operationRule] = outside;
  const operation = operationRule === undefined ? null : findOperation(operationRule);
  if (operation !== null) {
    const instead = suggestion(operation, key);
    const says =
      `%(${key})s has no value for ${listed(outside)}: the ${operation.filters.includes(key) ? "query is under filter_attr." : "request body is under request_body."} ` +
      `since the fix of CVE-2026-42999, so this check always fails (and allows under not).${instead}`;
    return [{ rule, leaf, severity: isCreate ? "error" : "warning", says }];
  }
  if (resolved.has("yes")) return [];
  const says = `%(${key})s has no value for ${listed([...(resolved.get("no") ?? [])])}: Keystone puts nothing there, so this check always fails (and allows under not).`;
  return [{ rule, leaf, severity: "warning", says }];
}

function suggestion({ creates, listKey }: KeystoneOperation, key: string): string {
  if (creates !== null && key.startsWith(`${creates}.`)) return ` Write %(target.${key})s.`;
  return listKey !== null && key === "domain_id" ? ` Write %(${listKey})s.` : "";
}

const listed = (names: readonly string[]) =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
