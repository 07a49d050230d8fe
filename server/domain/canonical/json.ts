import { createHash } from "node:crypto";
import { assert } from "../error/domain-error.ts";

/** A JSON value. Plans, evidence and audit details are nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16 code units, no white space, ECMAScript
 * numbers. Refuses what does not survive a round trip: non-finite numbers, integers beyond 2^53, lone surrogates,
 * `undefined`.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    assert(Number.isFinite(value), "a canonical number is finite");
    assert(
      !Number.isInteger(value) || Number.isSafeInteger(value),
      "a canonical integer is at most 2^53 - 1",
    );
    return JSON.stringify(value);
  }
  if (typeof value === "string") return canonicalText(value);
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  // Every decision goes through here: no closures and no sentences that nobody reads.
  let text = "";
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) assert(false, `member ${key} of a canonical object has a value`);
    text += `${text === "" ? "{" : ","}${canonicalText(key)}:${canonicalJson(member)}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

function canonicalText(text: string): string {
  assert(text.isWellFormed(), "a canonical string has no lone surrogate");
  return JSON.stringify(text);
}

/** `sha256:` and 64 hex digits over the canonical form. */
export function canonicalDigest(value: Json): string {
  return `sha256:${createHash("sha256").update(canonicalJson(value), "utf8").digest("hex")}`;
}

// Array.isArray does not narrow readonly arrays out of a union.
function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
