import type { Json } from "../canonical/json.ts";

/** `{{step.output}}`: filled from an earlier call's answer. `{{secret:name}}`: filled by the runner while sending. */
const REF = /\{\{(secret:[a-z][a-z0-9_]*|[a-z][a-z0-9_-]*\.[a-z][a-z0-9_]*)\}\}/g;

export function outputRef(stepId: string, output: string): string {
  return `{{${stepId}.${output}}}`;
}

export function secretRef(name: string): string {
  return `{{secret:${name}}}`;
}

/** True when a string still waits for a value. */
export function isSymbolic(text: string): boolean {
  return new RegExp(REF.source).test(text);
}

/** Names of the secrets a value refers to. */
export function secretsIn(value: Json): string[] {
  const names = new Set<string>();
  mapStrings(value, (text) => {
    for (const match of text.matchAll(REF)) {
      if (match[1]?.startsWith("secret:")) names.add(match[1].slice("secret:".length));
    }
    return text;
  });
  return [...names].sort();
}

export type RefLookup = (
  ref: { kind: "output"; stepId: string; output: string } | { kind: "secret"; name: string },
) => string;

/** Replaces every reference. The lookup throws for one it cannot fill: nothing is ever sent half filled. */
export function fillRefs<T extends Json>(value: T, lookup: RefLookup): T;
export function fillRefs(value: Json, lookup: RefLookup): Json {
  return mapStrings(value, (text) =>
    text.replaceAll(REF, (_whole, inner: string) => lookup(parseRef(inner))),
  );
}

function parseRef(inner: string): Parameters<RefLookup>[0] {
  if (inner.startsWith("secret:")) return { kind: "secret", name: inner.slice("secret:".length) };
  const dot = inner.indexOf(".");
  return { kind: "output", stepId: inner.slice(0, dot), output: inner.slice(dot + 1) };
}

function mapStrings(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((element: Json) => mapStrings(element, change));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapStrings(member, change)]));
}
