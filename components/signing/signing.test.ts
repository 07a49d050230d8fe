import { describe, expect, it, test } from "vitest";
import { holdsPrivateKey } from "#server/domain/secret/schema.ts";
import { operationFile, signLines, SYSTEMS } from "./sign-lines.ts";

const of = { namespace: "countersign-op-v1", file: operationFile({ number: 12, attempt: 2 }) };

describe("the line to sign with", () => {
  it.each(SYSTEMS)("names namespace, key and file on %s", (system) => {
    const { sign, copy } = signLines(system, of);
    expect(sign).toMatch(/^ssh-keygen -Y sign -n countersign-op-v1 -f \S+id_ed25519"? job-12-2\.json$/);
    expect(copy).toContain("job-12-2.json.sig");
  });

  it("uses the home folder of each system", () => {
    expect(signLines("windows", of).sign).toContain('"$env:USERPROFILE\\.ssh\\id_ed25519"');
    expect(signLines("linux", of).sign).toContain("~/.ssh/id_ed25519");
  });
});

test.each([
  ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n", true],
  ["-----BEGIN RSA PRIVATE KEY-----", true],
  ["-----BEGIN ENCRYPTED PRIVATE KEY-----", true],
  ["PuTTY-User-Key-File-3: ssh-ed25519", true],
  ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", true],
  ["-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ\n-----END SSH SIGNATURE-----", false],
  ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI sam@laptop", false],
  ["", false],
])("holdsPrivateKey(%j) is %s", (text, is) => expect(holdsPrivateKey(text)).toBe(is));
