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
  checkKeys(schemaOf(definition), node, (at, says) => {
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

/** An operation is checked in every step that names it, and its schema never changes. */
const schemas = new WeakMap<OperationDefinition, unknown>();

function schemaOf(definition: OperationDefinition): unknown {
  const known = schemas.get(definition);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(definition.parameters, {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
  });
  schemas.set(definition, schema);
  return schema;
}

const shapes = new WeakMap<object, z.output<typeof shapeSchema> | null>();

function shapeOf(schema: unknown): z.output<typeof shapeSchema> | null {
  if (typeof schema !== "object" || schema === null) return null;
  const known = shapes.get(schema);
  if (known !== undefined) return known;
  const shape = shapeSchema.safeParse(schema).data ?? null;
  shapes.set(schema, shape);
  return shape;
}

function checkKeys(schema: unknown, node: YamlNode, report: Report): void {
  const shape = shapeOf(schema);
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
