/**
 * Whether a text looks like the secret half of a key: PEM, OpenSSH or PuTTY. Looked at before anything leaves the
 * browser; the server looks again.
 */
export function holdsPrivateKey(text: string): boolean {
  return /PRIVATE[ -]*KEY|PuTTY-User-Key-File|openssh-key-v1|b3BlbnNzaC1rZXktdjE/i.test(text);
}

// Fernet tokens begin with the version byte 0x80, which is "gAAAA" in base64 (https://github.com/fernet/spec). The same
// letters within other base64 are zeros of something else, such as of a passkey.
const TOKEN = /(?<![A-Za-z0-9_+/-])gAAAA[A-Za-z0-9_-]{60,}/;
/** JSON Web Token, RFC 7519: a header that begins {" and a body that does. */
const WEB_TOKEN = /\beyJ[A-Za-z0-9_-]{8,400}\.eyJ[A-Za-z0-9_-]{8}/;

/** Tokens that their issuers mark: OpenBao and Vault, GitHub, GitLab, Slack, and the access keys of AWS. */
const MARKED_TOKEN =
  /\b(?:hv[sbr]\.[A-Za-z0-9_-]{24,}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{20,}|AKIA[A-Z0-9]{16}\b)/;

/** What form of a credential stands in a text that was pasted, in words, or null. */
export function credentialForm(text: string): string | null {
  if (holdsPrivateKey(text)) return "a private key";
  return isToken(text) ? "a token that signs somebody in" : null;
}

const isToken = (text: string) => TOKEN.test(text) || WEB_TOKEN.test(text) || MARKED_TOKEN.test(text);

/** A key itself and not the words for one: people may write about private keys. Line ends may be escaped. */
const KEY_BODY =
  /-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY-----(?:[\s\\nr]|[A-Za-z-]{1,20}: ?[^\n]{0,99}\n){0,12}[A-Za-z0-9+/]{16}|PuTTY-User-Key-File-\d:|b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/\s]{40}/;

/** A credential that somebody typed or pasted where words belong. */
export interface TypedCredential {
  kind: "private_key" | "token";
  /** Where in the input: `reason`, `steps.0.text`. */
  field: string;
}

/** The first private key or token in any text of an input, or null. What only speaks of keys is none. */
export function findCredential(input: unknown, field = ""): TypedCredential | null {
  if (typeof input === "string") {
    if (KEY_BODY.test(input)) return { kind: "private_key", field };
    return isToken(input) ? { kind: "token", field } : null;
  }
  if (typeof input !== "object" || input === null) return null;
  for (const [name, value] of Object.entries(input)) {
    const found = findCredential(value, field === "" ? name : `${field}.${name}`);
    if (found !== null) return found;
  }
  return null;
}
