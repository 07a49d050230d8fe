import { BODY_EXCERPT_CHARS, REDACTION_INPUT_CHARS } from "./limits.ts";

const REDACTED = "[redacted]";
const SENSITIVE_WORDS = "password|passwd|passphrase|adminpass|secret|token|private_?key|blob";
const SENSITIVE = new RegExp(SENSITIVE_WORDS, "i");
// Facts about a secret, not the secret: when it ends, which one it is.
const HARMLESS = /(_expires_at|_id|_ids|_type)$/i;

// Shorter literals would blank out ordinary words of the cloud's own sentence.
const LITERAL_MIN_CHARS = 4;

// JSON text, Python text, and either quoted once more inside the other. Bounded, so that a hostile
// answer cannot make the search slow.
const QUOTED_PAIR = new RegExp(
  `(?<key>(?<q>\\\\*["'])[\\w-]{0,64}?(?:${SENSITIVE_WORDS})[\\w-]{0,64}\\k<q>)(?<colon>\\s{0,8}[:=]\\s{0,8})` +
    `u?(?<v>\\\\*["'])(?:(?!\\k<v>)(?:\\\\.|[^\\\\]))*(?:\\k<v>|$)`,
  "gi",
);
const BARE_PAIR = new RegExp(`\\b(?<key>[\\w-]{0,64}?(?:${SENSITIVE_WORDS})[\\w-]{0,64})=[^\\s&"',;]+`, "gi");
const PRIVATE_KEY_BLOCK =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
// Fernet tokens begin with the version byte 0x80, which is "gAAAA" in base64.
// https://github.com/fernet/spec/blob/master/Spec.md
const FERNET = /gAAAA[A-Za-z0-9_\-=%]{16,}/g;

function isSensitiveKey(key: string): boolean {
  return SENSITIVE.test(key) && !HARMLESS.test(key);
}

/** Every string under a key that names a secret, at any depth of a request body or header record. */
export function collectSecrets(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(collectSecrets);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "string" ? (isSensitiveKey(key) ? [inner] : []) : collectSecrets(inner),
  );
}

// Keystone quotes the request in validation errors as Python text, and JSON answers escape it again.
function spellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const python = secret.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return [
    ...new Set([secret, json, python, JSON.stringify(python).slice(1, -1), encodeURIComponent(secret)]),
  ];
}

/** The text without the given secrets and without anything that is written as one. */
export function redactText(text: string, secrets: readonly string[]): string {
  const literals = secrets
    .filter((secret) => secret.length >= LITERAL_MIN_CHARS)
    .flatMap(spellings)
    .toSorted((a, b) => b.length - a.length);
  let out = text.slice(0, REDACTION_INPUT_CHARS);
  for (const literal of literals) out = out.replaceAll(literal, REDACTED);
  return out
    .replace(PRIVATE_KEY_BLOCK, REDACTED)
    .replace(FERNET, REDACTED)
    .replace(QUOTED_PAIR, `$<key>$<colon>$<q>${REDACTED}$<q>`)
    .replace(BARE_PAIR, `$<key>=${REDACTED}`);
}

/** What an error may quote of an answer: redacted first, then cut, so that no half secret remains. */
export function excerpt(text: string, secrets: readonly string[], chars = BODY_EXCERPT_CHARS): string {
  const clean = redactText(text, secrets).trim();
  return clean.length <= chars ? clean : `${clean.slice(0, chars)}...`;
}

/** A URL fit for errors and logs: no user info, no fragment, sensitive query values blanked. */
export function safeUrl(url: URL): string {
  const safe = new URL(url);
  safe.username = "";
  safe.password = "";
  safe.hash = "";
  for (const key of url.searchParams.keys()) {
    if (isSensitiveKey(key)) safe.searchParams.set(key, REDACTED);
  }
  return redactText(safe.href, []);
}
