import { parseExpression, type Expression } from "./expression.ts";
import type { PlacedText } from "./fields.ts";
import { findSpans } from "./template.ts";
import type { Position } from "./runbook.ts";
import type { Report, YamlNode } from "./yaml.ts";

/** What a place in the document may refer to; `saved` grows from step to step. */
export interface KnownNames {
  inputs: ReadonlySet<string>;
  saved: Set<string>;
  /** Steps of the stage so far, with the values their read-back always has; null when the operation is unknown. */
  steps: Map<string, readonly string[] | null>;
}

const TENANT_FIELDS = ["slug", "id"];

/** Reports every template of a text whose name leads nowhere. */
export function checkTemplates(placed: PlacedText, names: KnownNames, report: Report): void {
  for (const span of findSpans(placed.text)) {
    const at = shifted(placed.at, span.start);
    if (span.path === null) {
      report(at, `"{{ ${span.inner} }}" is no name here. Names start with tenant., inputs. or saved.`);
    } else checkName(span.path, { at, names, report });
  }
}

/** Checks the templates in every text of a nested value. */
export function checkTemplatesIn(node: YamlNode, names: KnownNames, report: Report): void {
  switch (node.kind) {
    case "scalar":
      if (typeof node.value === "string")
        checkTemplates({ text: node.value, at: node.textAt }, names, report);
      return;
    case "list":
      for (const item of node.items) checkTemplatesIn(item, names, report);
      return;
    case "map":
      for (const { value } of node.entries.values()) checkTemplatesIn(value, names, report);
  }
}

/** Reads an expression of the document; null after a report. */
export function checkExpression(placed: PlacedText, names: KnownNames, report: Report): Expression | null {
  const parsed = parseExpression(placed.text);
  if (parsed.kind === "error") {
    report(shifted(placed.at, parsed.column - 1), parsed.says);
    return null;
  }
  checkTemplates(placed, names, report);
  return parsed.expression;
}

/** An assertion reads saved evidence, the read-back of the stage's own steps, inputs and the tenant; nothing else. */
export function checkGateExpression(placed: PlacedText, names: KnownNames, report: Report): void {
  const expression = checkExpression(placed, names, report);
  if (!expression) return;
  const [root, step, value] = expression.path;
  if (root !== "steps") {
    checkName(expression.path, { at: placed.at, names, report });
    return;
  }
  const outputs = names.steps.get(step ?? "");
  if (outputs === undefined) {
    report(
      placed.at,
      `This stage has no step "${step ?? ""}" before the gate. Save what another stage read.`,
    );
  } else if (value === undefined)
    report(placed.at, `Name a value of the step, such as steps.${step ?? ""}.id.`);
  else checkOutput(value, outputs, (says) => report(placed.at, says));
}

/** An expectation's path starts at the values of its own step. */
export function checkExpectation(
  placed: PlacedText,
  outputs: readonly string[] | null,
  { names, report }: { names: KnownNames; report: Report },
): void {
  const expression = checkExpression(placed, names, report);
  if (expression) checkOutput(expression.path[0] ?? "", outputs, (says) => report(placed.at, says));
}

/** Reports a value that the operation does not declare. An unknown operation was reported where it is named. */
export function checkOutput(
  name: string,
  outputs: readonly string[] | null,
  say: (says: string) => void,
): void {
  if (outputs !== null && !outputs.includes(name)) {
    say(`The operation has no value "${name}". It has ${outputs.join(", ") || "none"}.`);
  }
}

function checkName(
  [root, name]: readonly string[],
  { at, names, report }: { at: Position; names: KnownNames; report: Report },
): void {
  if (root === "saved") {
    if (name === undefined) report(at, "Name the saved value, such as saved.domain_id.");
    else if (!names.saved.has(name)) report(at, `No step before this saves "${name}".`);
  } else if (root === "inputs") {
    if (name === undefined) report(at, "Name the input, such as inputs.cidr.");
    else if (!names.inputs.has(name)) report(at, `The front matter declares no input "${name}".`);
  } else if (root === "tenant") {
    if (name === undefined || !TENANT_FIELDS.includes(name)) report(at, "The tenant has slug and id.");
  } else {
    report(at, `"${root ?? ""}" is not known here. Names start with saved., steps., inputs. or tenant.`);
  }
}

function shifted(at: Position, by: number): Position {
  return { line: at.line, column: at.column + by };
}
