import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ecdsaSigner, ed25519Signer, rsaSigner } from "#server/testing/ssh-signer.ts";
import { readUserKey } from "./user-key.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-user-key-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const { line: LINE, blob: BLOB } = ed25519Signer();
const [TYPE = "", BASE64 = ""] = LINE.split(" ");

describe("a public key", () => {
  it.each([
    ["as it stands in a .pub file", `${TYPE} ${BASE64} olivia@laptop\n`],
    ["without a comment", `${TYPE} ${BASE64}`],
    ["of another system", `${TYPE} ${BASE64} a comment of words\r\n\r\n`],
    ["pasted with blanks around", `  ${TYPE}\t${BASE64}  `],
  ])("is read %s", (_what, text) => {
    expect(readUserKey(text)).toMatchObject({ kind: "ok", line: `${TYPE} ${BASE64}` });
  });

  it.each<[string, string, string]>([
    ["nothing", "", "empty"],
    ["blank lines", " \n\r\n", "empty"],
    ["two keys", `${LINE}\n${ecdsaSigner("nistp256").line}\n`, "several_lines"],
    ["a line before it", `# mine\n${LINE}`, "several_lines"],
    ["a lone carriage return", `${LINE}\rssh-rsa AAAA`, "several_lines"],
    ["a word", "hello", "not_a_key"],
    ["two words", "hello world", "not_a_key"],
    ["an option before it", `command="id" ${LINE}`, "not_a_key"],
    ["a principal before it", `cert-authority ${LINE}`, "not_a_key"],
    ["a control character behind it", `${TYPE} ${BASE64} a\u0007b`, "not_a_key"],
    ["a NUL", `${TYPE} ${BASE64}\0`, "not_a_key"],
    ["a type in capitals", `${TYPE.toUpperCase()} ${BASE64}`, "not_a_key"],
    ["a DSA key", "ssh-dss AAAAB3NzaC1kc3MAAACBAP", "wrong_type"],
    ["a signature's type", `rsa-sha2-512 ${BASE64}`, "wrong_type"],
    ["the name of another type", `ssh-rsa ${BASE64}`, "type_mismatch"],
    ["a certificate", `ssh-ed25519-cert-v01@openssh.com ${BASE64}`, "certificate"],
    ["base64 of another alphabet", `${TYPE} ${BASE64.slice(0, -1)}_`, "not_base64"],
    ["base64 with more behind it", `${TYPE} ${BASE64}=`, "not_base64"],
    ["half a key", `${TYPE} ${BLOB.subarray(0, 30).toString("base64")}`, "cut"],
    [
      "bytes behind it",
      `${TYPE} ${Buffer.concat([BLOB, Buffer.of(0)]).toString("base64")}`,
      "trailing_bytes",
    ],
    ["RSA of 2048 bits", rsaSigner(2048).line, "weak_key"],
    ["more than any key", `${TYPE} ${BASE64} ${"x".repeat(9000)}`, "too_long"],
  ])("is not %s", (_what, text, code) => {
    expect(readUserKey(text)).toMatchObject({ kind: "refused", code });
  });

  it("is not the secret half, whose text no sentence repeats", () => {
    const path = join(folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
    const secret = readFileSync(path, "utf8");
    const body = secret.split("\n")[1] ?? "";
    for (const text of [
      secret,
      body,
      `ssh-ed25519 ${body}`,
      `${LINE}\n${secret}`,
      secret.replaceAll("\n", " "),
    ]) {
      const read = readUserKey(text);
      expect(read).toMatchObject({ kind: "refused", code: "private_key" });
      expect(JSON.stringify(read)).not.toContain(body.slice(0, 12));
    }
  });
});
