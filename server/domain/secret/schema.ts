/**
 * Whether a text looks like the secret half of a key: PEM, OpenSSH or PuTTY. Looked at before anything leaves the
 * browser; the server looks again.
 */
export function holdsPrivateKey(text: string): boolean {
  return /PRIVATE[ -]*KEY|PuTTY-User-Key-File|openssh-key-v1|b3BlbnNzaC1rZXktdjE/i.test(text);
}

// Fernet tokens begin with the version byte 0x80, which is "gAAAA" in base64 (https://github.com/fernet/spec).
const TOKEN = /gAAAA[A-Za-z0-9_-]{60,}/;
/** JSON Web Token, RFC 7519: a header that begins {" and two more parts. */
const WEB_TOKEN = /eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}/;

/** What form of a credential stands in a text that was pasted, in words, or null. */
export function credentialForm(text: string): string | null {
  if (holdsPrivateKey(text)) return "a private key";
  return TOKEN.test(text) || WEB_TOKEN.test(text) ? "a token that signs somebody in" : null;
}
