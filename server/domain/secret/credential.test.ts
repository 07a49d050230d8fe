import { describe, expect, it } from "vitest";
import { credentialForm, findCredential } from "./schema.ts";

const BASE64 = "MC4CAQAwBQYDK2VwBCIEIAabcdefghijklmnopqrstuvwxyz0123456789ABCDEF";

describe("what people write", () => {
  it.each<[string, string, "private_key" | "token"]>([
    ["a key in PEM", `Here: -----BEGIN PRIVATE KEY-----\n${BASE64}\n`, "private_key"],
    ["one of OpenSSH", `-----BEGIN OPENSSH PRIVATE KEY-----\r\n${BASE64}`, "private_key"],
    [
      "one of RSA with headers",
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${BASE64}`,
      "private_key",
    ],
    ["one with escaped line ends", `"-----BEGIN EC PRIVATE KEY-----\\n${BASE64}\\n"`, "private_key"],
    ["one of PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519", "private_key"],
    ["the body of one of OpenSSH alone", `b3BlbnNzaC1rZXktdjE${"A".repeat(44)}`, "private_key"],
    ["a token of Keystone", `It was gAAAAABk${"a_-9".repeat(30)}.`, "token"],
    ["a web token", `eyJhbGciOiJI.eyJzdWIiOiIx.${"s".repeat(20)}`, "token"],
    ["a token of OpenBao", `export VAULT_TOKEN=hvs.${"CAESIJ12".repeat(4)}`, "token"],
    ["a token of GitHub", `ghp_${"a1B2".repeat(9)}`, "token"],
    ["an access key of AWS", "the key AKIAIOSFODNN7EXAMPLE of his", "token"],
  ])("holds %s", (_what, text, kind) => {
    expect(findCredential(text)).toEqual({ kind, field: "" });
    expect(credentialForm(text)).not.toBeNull();
  });

  it.each([
    [
      "speaks of a private key",
      "He lost the private key of his laptop; see -----BEGIN OPENSSH PRIVATE KEY-----",
    ],
    [
      "shows how to look for one",
      'grep -rn "BEGIN RSA PRIVATE KEY" . && echo "-----BEGIN PRIVATE KEY-----" missing',
    ],
    ["holds a public key", `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${"A".repeat(40)} sam`],
    ["holds a hash", "sha256 5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"],
    ["holds a signature", `-----BEGIN SSH SIGNATURE-----\n${BASE64}\n-----END SSH SIGNATURE-----`],
    ["holds zeros in base64", `o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikgAAAA${"AbC-9_x".repeat(12)}`],
    ["holds an id", "req-0b8e1d0c-1f55-4c8e-9a57-2d3b6a7c8d9e and hvs.short"],
  ])("may hold what only %s", (_what, text) => {
    expect(findCredential(text)).toBeNull();
  });

  it("is looked at wherever it stands, and its place is named", () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const input = {
      reason: "Well",
      steps: [{ text: "fine" }, { text: token }],
      at: new Date(0),
      n: 1,
      none: null,
    };
    expect(findCredential(input)).toEqual({ kind: "token", field: "steps.1.text" });
    expect(findCredential({ ...input, steps: [] })).toBeNull();
  });

  it("is read in a time that grows with its length only", () => {
    const hostile = [
      "-----BEGIN A B ",
      "-----BEGIN PRIVATE KEY-----\n",
      "a: b\n",
      "eyJ",
      "-eyJ",
      "hvs.",
      "\\n",
    ];
    for (const piece of hostile) {
      const timeOf = (characters: number) => {
        const text = piece.repeat(characters / piece.length);
        const begun = performance.now();
        expect(findCredential(text)).toBeNull();
        return performance.now() - begun;
      };
      timeOf(10_000);
      expect(timeOf(2_000_000), piece).toBeLessThan(20 * timeOf(500_000) + 200);
    }
  });
});
