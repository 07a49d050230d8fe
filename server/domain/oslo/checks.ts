/** A parsed rule. `unparsable` is what oslo replaces by "!" and logs; `token` is a lone word that is no check. */
export type Check =
  | { kind: "true" }
  | { kind: "false" }
  | { kind: "unparsable"; text: string }
  | { kind: "token"; text: string }
  /** Nested past our limit: never walked, and raises when evaluated as Python's own recursion limit does. */
  | { kind: "too_deep" }
  | { kind: "rule"; match: string }
  | { kind: "role"; match: string }
  | { kind: "http"; scheme: "http" | "https"; match: string }
  | { kind: "generic"; left: string; match: string }
  | { kind: "not"; check: Check }
  | { kind: "and"; checks: readonly Check[] }
  | { kind: "or"; checks: readonly Check[] };

/** The text oslo.policy prints for a parsed rule: operators lower-case, every group in parentheses. */
export function formatCheck(check: Check): string {
  switch (check.kind) {
    case "true":
      return "@";
    case "false":
    case "unparsable":
      return "!";
    case "token":
      return check.text;
    case "too_deep":
      return "...";
    case "rule":
    case "role":
      return `${check.kind}:${check.match}`;
    case "http":
      return `${check.scheme}:${check.match}`;
    case "generic":
      return `${check.left}:${check.match}`;
    case "not":
      return `not ${formatCheck(check.check)}`;
    case "and":
    case "or":
      return `(${check.checks.map(formatCheck).join(` ${check.kind} `)})`;
  }
}

/** Every check in the tree, the root first. */
export function* walkChecks(check: Check): Generator<Check> {
  yield check;
  if (check.kind === "not") yield* walkChecks(check.check);
  if (check.kind === "and" || check.kind === "or") {
    for (const inner of check.checks) yield* walkChecks(inner);
  }
}
