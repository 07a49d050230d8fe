import * as z from "zod";
import type { OperationDefinition } from "../operation/definition.ts";
import { findSpans } from "./template.ts";
import { plainValue, type Report, type YamlNode } from "./yaml.ts";

/** The part of JSON Schema that decides which keys a value has. */
const shapeSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
});

/**
 * Checks a step's parameters against its operation: keys always; values as soon as no template stands in them, since
 * only then the document alone decides.
 */
export function checkParameters(definition: OperationDefinition, node: YamlNode, report: Report): void {
  let isSound = true;
  const schema = z.toJSONSchema(definition.parameters, {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
  });
  checkKeys(schema, node, (at, says) => {
    isSound = false;
    report(at, `${definition.id}: ${says}`);
  });
  if (!isSound || hasTemplate(node)) return;
  const { error } = definition.parameters.safeParse(plainValue(node));
  for (const issue of error?.issues ?? []) {
    const { at, path } = locate(node, issue.path);
    report(
      at,
      `${definition.id}: ${path === "" ? "the parameters" : `"${path}"`}: ${issue.message.replace(/\.$/, "")}.`,
    );
  }
}

function checkKeys(schema: unknown, node: YamlNode, report: Report): void {
  const shape = shapeSchema.safeParse(schema).data;
  if (!shape) return;
  if (node.kind === "list") {
    for (const item of node.items) checkKeys(shape.items, item, report);
    return;
  }
  // A value of several shapes (anyOf) has no `properties` of its own: the runner's plan judges it.
  if (node.kind === "scalar" || !shape.properties) return;
  const known = Object.keys(shape.properties);
  for (const [key, { keyAt, value }] of node.entries) {
    if (known.includes(key)) checkKeys(shape.properties[key], value, report);
    else if (!shape.additionalProperties) {
      report(keyAt, `there is no parameter "${key}". Its parameters are ${known.join(", ") || "none"}.`);
    }
  }
  for (const key of shape.required ?? []) {
    if (!node.entries.has(key)) report(node.at, `the parameter "${key}" is missing.`);
  }
}

function hasTemplate(node: YamlNode): boolean {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "string" && findSpans(node.value).length > 0;
    case "list":
      return node.items.some(hasTemplate);
    case "map":
      return [...node.entries.values()].some(({ value }) => hasTemplate(value));
  }
}

function locate(node: YamlNode, path: readonly PropertyKey[]) {
  let current = node;
  for (const part of path) {
    const inner =
      current.kind === "map"
        ? current.entries.get(String(part))?.value
        : current.kind === "list"
          ? current.items[Number(part)]
          : undefined;
    if (!inner) break;
    current = inner;
  }
  return { at: current.at, path: path.map(String).join(".") };
}
