import type { Json } from "../canonical/json.ts";
import { isList, isMap, parsePath, valueAt, type Path } from "./path.ts";

/**
 * `{{ tenant.slug }}`, `{{ inputs.cidr }}`, `{{ saved.domain_id }}`. Every other `{{...}}` is no template: symbolic
 * references such as `{{domain.id}}` pass through untouched.
 */
export const TEMPLATE_ROOTS = ["tenant", "inputs", "saved"] as const;
type TemplateRoot = (typeof TEMPLATE_ROOTS)[number];

/** Values by root, such as `{ tenant: { slug: "acme" }, inputs: {}, saved: {} }`. A root that is missing has no names. */
export type TemplateScope = { readonly [root in TemplateRoot]?: Json };

export type TemplateProblem =
  | { kind: "unknown_name"; name: string; says: string }
  /** A list, an object or null inside a longer text. */
  | { kind: "not_text"; name: string; says: string }
  /** A value that would itself be taken for a reference or a secret. */
  | { kind: "unsafe_value"; name: string; says: string };

export type Filled<T> = { kind: "filled"; value: T } | TemplateProblem;

/** A `{{ ... }}` of a text: where it starts and ends, and its name when it is one of ours. */
export interface TemplateSpan {
  start: number;
  end: number;
  inner: string;
  path: Path | null;
}

/** Every `{{ ... }}` in document order, in one pass. */
export function findSpans(text: string): TemplateSpan[] {
  const spans: TemplateSpan[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf("{{", from);
    const close = start === -1 ? -1 : text.indexOf("}}", start + 2);
    if (close === -1) return spans;
    const inner = text.slice(start + 2, close).trim();
    const path = parsePath(inner);
    const isOurs = path !== null && TEMPLATE_ROOTS.some((root) => root === path[0]) && path.length > 1;
    spans.push({ start, end: close + 2, inner, path: isOurs ? path : null });
    from = close + 2;
  }
}

/** Fills every string of a nested value. A string that is one template keeps the JSON type of what it names. */
export function fillTemplates(value: Json, scope: TemplateScope): Filled<Json> {
  if (typeof value === "string") return fillString(value, scope);
  if (isList(value)) {
    const filled: Json[] = [];
    for (const element of value) {
      const one = fillTemplates(element, scope);
      if (one.kind !== "filled") return one;
      filled.push(one.value);
    }
    return { kind: "filled", value: filled };
  }
  if (!isMap(value)) return { kind: "filled", value };
  const entries: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    const one = fillTemplates(member, scope);
    if (one.kind !== "filled") return one;
    entries.push([key, one.value]);
  }
  return { kind: "filled", value: Object.fromEntries(entries) };
}

/** Fills a text for people, such as a gate's sentence. */
export function fillText(text: string, scope: TemplateScope): Filled<string> {
  return replaceSpans(text, (span, path) => asText(span.inner, lookUp(path, scope)));
}

/**
 * Fills an expression: inside a quoted literal the value is escaped as JSON string content, outside it is a whole
 * JSON literal with its own quotes. No value can close the literal it stands in.
 */
export function fillExpression(text: string, scope: TemplateScope): Filled<string> {
  let scanned = 0;
  let isQuoted = false;
  return replaceSpans(text, (span, path) => {
    isQuoted = quotedAfter(text.slice(scanned, span.start), isQuoted);
    scanned = span.end;
    const found = lookUp(path, scope);
    if (found.kind !== "filled") return found;
    if (!isQuoted) return { kind: "filled", value: JSON.stringify(found.value) };
    const inside = asText(span.inner, found);
    return inside.kind === "filled"
      ? { kind: "filled", value: JSON.stringify(inside.value).slice(1, -1) }
      : inside;
  });
}

function fillString(text: string, scope: TemplateScope): Filled<Json> {
  const [only] = findSpans(text);
  if (only?.path && only.start === 0 && only.end === text.length) return lookUp(only.path, scope);
  return fillText(text, scope);
}

function replaceSpans(
  text: string,
  replace: (span: TemplateSpan, path: Path) => Filled<string>,
): Filled<string> {
  const pieces: string[] = [];
  let from = 0;
  for (const span of findSpans(text)) {
    if (span.path === null) continue;
    const value = replace(span, span.path);
    if (value.kind !== "filled") return value;
    pieces.push(text.slice(from, span.start), value.value);
    from = span.end;
  }
  pieces.push(text.slice(from));
  return { kind: "filled", value: pieces.join("") };
}

function lookUp(path: Path, scope: TemplateScope): Filled<Json> {
  const name = path.join(".");
  const value = valueAt(scope, path);
  if (value === undefined) {
    return { kind: "unknown_name", name, says: `${name} has no value here. ${adviceFor(path[0])}` };
  }
  if (!isSafe(value, path[0] === "saved")) {
    return {
      kind: "unsafe_value",
      name,
      says: `The value of ${name} contains "{{", which would be taken for a reference. Nothing was filled in.`,
    };
  }
  return { kind: "filled", value };
}

function adviceFor(root: string | undefined): string {
  if (root === "saved") return "Run the stage that saves it first.";
  if (root === "inputs") return "Enter it with the tenant's inputs.";
  return "The tenant has slug and id.";
}

function asText(name: string, found: Filled<Json>): Filled<string> {
  if (found.kind !== "filled") return found;
  const { value } = found;
  if (typeof value === "string") return { kind: "filled", value };
  if (typeof value === "number" || typeof value === "boolean")
    return { kind: "filled", value: String(value) };
  return { kind: "not_text", name, says: `${name} is not a text and cannot stand inside a longer one.` };
}

/**
 * What comes from people or from the cloud must not become a reference: `{{secret:x}}` in an input would send a
 * sealed value out. Saved values may be symbolic, `{{step.output}}`, and nothing else.
 */
function isSafe(value: Json, maySymbolize: boolean): boolean {
  if (typeof value === "string") {
    return (
      !value.includes("{{") || (maySymbolize && /^\{\{[a-z][a-z0-9_-]*\.[a-z][a-z0-9_]*\}\}$/.test(value))
    );
  }
  if (isList(value)) return value.every((element) => isSafe(element, maySymbolize));
  if (isMap(value)) return Object.values(value).every((member) => isSafe(member, maySymbolize));
  return true;
}

/** Whether a JSON string is open after this much of an expression. */
function quotedAfter(text: string, wasQuoted: boolean): boolean {
  let isQuoted = wasQuoted;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === "\\" && isQuoted) at += 1;
  }
  return isQuoted;
}
