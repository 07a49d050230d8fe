/**
 * Whether a text looks like the secret half of a key: PEM, OpenSSH or PuTTY. Looked at before anything leaves the
 * browser; the server looks again.
 */
export function holdsPrivateKey(text: string): boolean {
  return /PRIVATE[ -]*KEY|PuTTY-User-Key-File|openssh-key-v1|b3BlbnNzaC1rZXktdjE/i.test(text);
}
