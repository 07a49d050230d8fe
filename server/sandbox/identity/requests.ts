import type { SandboxRequest, SandboxResponse } from "../kernel/router.ts";
import { findObject, findString, type JsonObject } from "../kernel/wire.ts";
import { missingProperty, wrongType } from "./errors.ts";

/** A URL parameter; the route's pattern guarantees it, so an absent one matches nothing. */
export function param(request: SandboxRequest, name: string): string {
  return request.params[name] ?? "";
}

/** The object under the resource's name in the body, empty when the body has none. */
export function bodyOf(request: SandboxRequest, name: string): JsonObject {
  return findObject(request.body, name) ?? {};
}

export type NameAnswer = { kind: "name"; name: string } | { kind: "invalid"; response: SandboxResponse };

export function requireName(body: JsonObject): NameAnswer {
  if (!("name" in body)) return { kind: "invalid", response: missingProperty("name") };
  const name = findString(body, "name");
  if (name === null || name.trim() === "") {
    return { kind: "invalid", response: wrongType(body["name"], "string") };
  }
  return { kind: "name", name };
}

export function booleanOr(value: unknown, fallback: boolean): boolean {
  return typeof value === "boolean" ? value : fallback;
}

export function stringOr(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}

/** Keystone's query_filter_is_true: present and not "0". */
export function isQueryFlagSet(request: SandboxRequest, name: string): boolean {
  const value = request.query.get(name);
  return value !== null && value !== "0";
}

/** True when every given filter that the record knows is equal to it. */
export function isFilterMatch(request: SandboxRequest, record: Record<string, string | boolean>): boolean {
  return Object.entries(record).every(([name, value]) => {
    const wanted = request.query.get(name);
    if (wanted === null) return true;
    return typeof value === "boolean" ? isTrueText(wanted) === value : wanted === value;
  });
}

function isTrueText(text: string): boolean {
  return !["false", "0", "no", "off"].includes(text.toLowerCase());
}
