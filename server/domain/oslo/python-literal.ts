import type { ExpressionNode } from "./expression-node.ts";
import { parsePythonExpression } from "./python-expression.ts";
import { PythonError } from "./python-error.ts";
import { reprBytes, reprComplex } from "./python-repr.ts";
import { pythonRepr, reprFloat } from "./values.ts";

export type Literal = { kind: "literal"; text: string } | { kind: "not_literal" };

/**
 * str(ast.literal_eval(source)) where that has a value; `not_literal` where it raises ValueError, which oslo
 * takes as "a path into the credentials". Throws PythonError where Python raises anything else.
 */
export function evaluateLiteral(source: string): Literal {
  const value = findValue(parsePythonExpression(source));
  if (value === null) return { kind: "not_literal" };
  return { kind: "literal", text: value.kind === "string" ? value.value : reprValue(value) };
}

type PythonValue =
  | { kind: "string"; value: string }
  | { kind: "bytes"; value: string }
  | { kind: "word"; text: "True" | "False" | "None" | "Ellipsis" }
  | { kind: "int"; value: bigint }
  | { kind: "float"; value: number }
  | { kind: "complex"; real: number; imaginary: number }
  | { kind: "tuple" | "list" | "set"; items: PythonValue[] }
  | { kind: "dict" };

type NumberValue = Extract<PythonValue, { kind: "int" | "float" | "complex" }>;

function findValue(node: ExpressionNode): PythonValue | null {
  switch (node.kind) {
    case "string":
    case "bytes":
    case "int":
    case "float":
    case "word":
    case "dict":
      return node;
    case "imaginary":
      return { kind: "complex", real: 0, imaginary: node.value };
    case "tuple":
    case "list":
    case "set":
      return findDisplay(node.kind, node.items);
    case "empty_set_call":
      return { kind: "set", items: [] };
    case "sum":
      return findSum(node);
    case "signed":
      return findSigned(node);
    case "other":
      return null;
  }
}

function findDisplay(kind: "tuple" | "list" | "set", nodes: readonly ExpressionNode[]): PythonValue | null {
  const items: PythonValue[] = [];
  for (const node of nodes) {
    const item = findValue(node);
    if (item === null) return null;
    if (kind === "set" && !isHashable(item)) throw new PythonError("TypeError", "unhashable type");
    const isRepeated = kind === "set" && items.some((other) => reprValue(other) === reprValue(item));
    if (!isRepeated) items.push(item);
  }
  return { kind, items };
}

function isHashable(value: PythonValue): boolean {
  if (value.kind === "tuple") return value.items.every(isHashable);
  return value.kind !== "list" && value.kind !== "set" && value.kind !== "dict";
}

function findNumber(node: ExpressionNode): NumberValue | null {
  if (node.kind === "imaginary") return { kind: "complex", real: 0, imaginary: node.value };
  return node.kind === "int" || node.kind === "float" ? node : null;
}

function findSigned(node: ExpressionNode): NumberValue | null {
  if (node.kind !== "signed") return findNumber(node);
  const operand = findNumber(node.operand);
  if (operand === null || node.sign === "+") return operand;
  switch (operand.kind) {
    case "int":
      return { kind: "int", value: -operand.value };
    case "float":
      return { kind: "float", value: -operand.value };
    case "complex":
      return { kind: "complex", real: -operand.real, imaginary: -operand.imaginary };
  }
}

/** literal_eval adds and subtracts only a real number and an imaginary one: "1+2j". */
function findSum(node: Extract<ExpressionNode, { kind: "sum" }>): PythonValue | null {
  const left = findSigned(node.left);
  const right = findNumber(node.right);
  if (left === null || right === null || left.kind === "complex" || right.kind !== "complex") return null;
  const real = Number(left.value);
  return node.sign === "+"
    ? { kind: "complex", real: real + right.real, imaginary: right.imaginary }
    : { kind: "complex", real: real - right.real, imaginary: -right.imaginary };
}

function reprValue(value: PythonValue): string {
  switch (value.kind) {
    case "string":
      return pythonRepr(value.value);
    case "bytes":
      return reprBytes(value.value);
    case "word":
      return value.text;
    case "int":
      return value.value.toString();
    case "float":
      return reprFloat(value.value);
    case "complex":
      return reprComplex(value.real, value.imaginary);
    case "list":
      return `[${value.items.map(reprValue).join(", ")}]`;
    case "tuple":
      return `(${value.items.map(reprValue).join(", ")}${value.items.length === 1 ? "," : ""})`;
    case "set":
      return value.items.length === 0 ? "set()" : `{${value.items.map(reprValue).join(", ")}}`;
    case "dict":
      return "{}";
  }
}
