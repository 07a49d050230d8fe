import { createHash } from "node:crypto";
import type { Json } from "../canonical/json.ts";
import { canonicalOperation, type OperationEnvelope } from "./envelope.ts";

/**
 * A signed operation in lines for a terminal, from the very bytes that are signed and nothing else. Nothing in it can
 * move the cursor, hide or reorder what stands there: whatever is not plainly visible is written as its number.
 */
export function renderOperation(envelope: OperationEnvelope): string[] {
  const { target } = envelope;
  const digest = createHash("sha256").update(canonicalOperation(envelope)).digest("hex");
  return [
    `operation   ${visible(envelope.op)}`,
    `on          ${visible(target.host_id)}`,
    `about       ${target.guest_id === "" ? "the whole installation" : visible(target.guest_id)}`,
    `issued      ${envelope.issued_at}`,
    `expires     ${envelope.expires_at}`,
    `nonce       ${envelope.nonce}`,
    ...(envelope.key_id === "" ? [] : [`key (hint)  ${visible(envelope.key_id)}`]),
    "with",
    ...Object.entries(envelope.params).flatMap(([name, value]) => renderMember(name, value, "  ")),
    `sha256      ${digest}`,
  ];
}

function renderMember(name: string, value: Json, indent: string): string[] {
  const label = `${indent}${visible(name)}:`;
  if (value === null || typeof value !== "object") return [`${label} ${scalar(value)}`];
  const members = Object.entries(value);
  if (members.length === 0) return [`${label} ${Array.isArray(value) ? "(an empty list)" : "(nothing)"}`];
  return [label, ...members.flatMap(([key, member]) => renderMember(key, member, `${indent}  `))];
}

/** A text that could be taken for something else than a text is shown in quotes. */
function scalar(value: null | boolean | number | string): string {
  if (typeof value !== "string") return String(value);
  return /^[A-Za-z/{][^"]*[^"\s]$/.test(value) && !/^(true|false|null)$/.test(value)
    ? visible(value)
    : `"${visible(value)}"`;
}

/** Control, format, unassigned and separating characters but the blank, as `\u{...}`; a backslash twice. */
export function visible(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\\]|(?! )\p{Zs}/gu, (character) =>
    character === "\\" ? "\\\\" : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
