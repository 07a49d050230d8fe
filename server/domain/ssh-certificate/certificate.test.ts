import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ecdsaSigner,
  ed25519Signer,
  rsaSigner,
  securityKeySigner,
  type SshSigner,
} from "#server/testing/ssh-signer.ts";
import { type PublicKey, readPublicKey } from "../sshsig/public-key.ts";
import { wireString } from "../sshsig/wire-reader.ts";
import { type CertificateContent, parseCertificate, signCertificate } from "./certificate.ts";
import { writeKrl } from "./krl.ts";
import { readUserKey } from "./user-key.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-certificate-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const authority = makeAuthority();
const CONTENT: CertificateContent = {
  serial: 17n,
  keyId: "agt-state-bridge",
  principals: ["agt-task-bridge", "second"],
  validAfter: Date.parse("2026-03-04T09:00:00Z") / 1000,
  validBefore: Date.parse("2026-03-05T09:00:00Z") / 1000,
  extensions: ["permit-pty", "permit-port-forwarding"],
};

function makeAuthority() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const point = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const caKey = readPublicKey(Buffer.concat([wireString("ssh-ed25519"), wireString(point)]));
  return { caKey, sign: (data: Uint8Array) => sign(null, data, privateKey) };
}

function certificateOf(line: string, change: Partial<CertificateContent> = {}): string {
  const read = readUserKey(line);
  if (read.kind === "refused") throw new Error(read.says);
  return signCertificate(read.key, { ...CONTENT, ...change }, { ...authority, nonce: randomBytes(32) });
}

const keygen = (...args: string[]) =>
  execFileSync("ssh-keygen", args, { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });

const KEYS: [string, () => SshSigner, string][] = [
  ["ed25519", ed25519Signer, "ssh-ed25519"],
  ["ecdsa p256", () => ecdsaSigner("nistp256"), "ecdsa-sha2-nistp256"],
  ["ecdsa p384", () => ecdsaSigner("nistp384"), "ecdsa-sha2-nistp384"],
  ["ecdsa p521", () => ecdsaSigner("nistp521"), "ecdsa-sha2-nistp521"],
  ["rsa", () => rsaSigner(3072), "ssh-rsa"],
  ["security key ed25519", () => securityKeySigner("ed25519"), "sk-ssh-ed25519"],
  ["security key ecdsa", () => securityKeySigner("ecdsa"), "sk-ecdsa-sha2-nistp256"],
];

describe("a certificate", () => {
  it.each(KEYS)("for a key of type %s is what ssh-keygen reads, and reads back", (_what, make, type) => {
    const signer = make();
    const line = certificateOf(signer.line);
    expect(line).toMatch(new RegExp(`^${type}-cert-v01@openssh\\.com [A-Za-z0-9+/]+=*$`));
    const path = join(folder, "read-cert.pub");
    writeFileSync(path, `${line}\n`);
    const shown = keygen("-L", "-f", path)
      .split("\n")
      .map((text) => text.trim());
    expect(shown).toEqual(
      expect.arrayContaining([
        `Type: ${type}-cert-v01@openssh.com user certificate`,
        expect.stringMatching(new RegExp(`^Signing CA: ED25519 ${escaped(authority.caKey.fingerprint)} `)),
        'Key ID: "agt-state-bridge"',
        "Serial: 17",
        "Valid: from 2026-03-04T09:00:00 to 2026-03-05T09:00:00",
        "agt-task-bridge",
        "second",
        "Critical Options: (none)",
        "permit-port-forwarding",
        "permit-pty",
      ]),
    );
    const parsed = parseCertificate(line);
    if (parsed.kind === "refused") expect.fail(parsed.says);
    const { key, caKey, ...content } = parsed.certificate;
    expect(Buffer.from(key.blob).equals(signer.blob)).toBe(true);
    expect(caKey.fingerprint).toBe(authority.caKey.fingerprint);
    expect(content).toEqual({ ...CONTENT, extensions: ["permit-port-forwarding", "permit-pty"] });
  });

  it("that allows nothing beyond commands has no extensions", () => {
    const path = join(folder, "narrow-cert.pub");
    writeFileSync(path, certificateOf(ed25519Signer().line, { extensions: [] }));
    expect(keygen("-L", "-f", path)).toContain("Extensions: (none)");
  });

  it.each<[string, Partial<CertificateContent>]>([
    ["serial zero", { serial: 0n }],
    ["a serial of 65 bits", { serial: 2n ** 64n }],
    ["no principals", { principals: [] }],
    ["a principal twice", { principals: ["a", "a"] }],
    ["an empty principal", { principals: [""] }],
    ["a principal of two words", { principals: ["root adm"] }],
    ["a key id with a line end", { keyId: "a\nb" }],
    ["an end before its beginning", { validBefore: CONTENT.validAfter }],
    ["half a second", { validAfter: CONTENT.validAfter + 0.5 }],
    ["no end", { validBefore: Number.POSITIVE_INFINITY }],
    ["no number for an end", { validBefore: Number.NaN }],
  ])("with %s is not made", (_what, change) => {
    expect(() => certificateOf(ed25519Signer().line, change)).toThrow("checked");
  });

  it("one of whose bytes changed is not read", () => {
    const [type = "", base64 = ""] = certificateOf(ed25519Signer().line).split(" ");
    const blob = Buffer.from(base64, "base64");
    for (let at = 0; at < blob.length; at += 1) {
      const changed = Buffer.from(blob);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at);
      expect([at, parseCertificate(`${type} ${changed.toString("base64")}`).kind]).toEqual([at, "refused"]);
    }
  });

  it("of ssh-keygen's own making is read, and refused where it is not ours", () => {
    const [ca, user] = [join(folder, "ca"), join(folder, "user")];
    keygen("-q", "-t", "ecdsa", "-N", "", "-f", ca);
    keygen("-q", "-t", "ed25519", "-N", "", "-f", user);
    const made = (...options: string[]) => {
      keygen(
        "-q",
        "-s",
        ca,
        "-I",
        "agt-x-y",
        "-V",
        "20260304:20260305",
        "-z",
        "9",
        ...options,
        `${user}.pub`,
      );
      return parseCertificate(execFileSync("cat", [`${user}-cert.pub`], { encoding: "utf8" }));
    };
    expect(made("-n", "one,two")).toMatchObject({
      kind: "ok",
      certificate: { serial: 9n, keyId: "agt-x-y", principals: ["one", "two"] },
    });
    expect(made()).toMatchObject({ says: expect.stringContaining("no principals") });
    expect(made("-h", "-n", "host.example")).toMatchObject({ says: expect.stringContaining("for hosts") });
    expect(made("-n", "one", "-O", "force-command=id")).toMatchObject({
      says: expect.stringContaining("critical options"),
    });
    keygen("-q", "-s", ca, "-I", "x", "-n", "one", "-z", "9", `${user}.pub`);
    expect(parseCertificate(execFileSync("cat", [`${user}-cert.pub`], { encoding: "utf8" }))).toMatchObject({
      says: expect.stringContaining("no end"),
    });
  });

  it.each([
    ["nothing", ""],
    ["a plain key", ed25519Signer().line],
    ["another type's name", certificateOf(ed25519Signer().line).replace("ssh-ed25519", "ssh-rsa")],
    ["two lines", `${certificateOf(ed25519Signer().line)}\nmore`],
    ["a bit more", certificateOf(ed25519Signer().line).replace(/=*$/, "AAAA")],
    ["half of it", certificateOf(ed25519Signer().line).slice(0, 300)],
  ])("is not %s", (_what, text) => {
    expect(parseCertificate(text).kind).toBe("refused");
  });
});

describe("a revocation list", () => {
  it("is what ssh-keygen reads: it revokes what it names under its authority, and nothing else", () => {
    const other = makeAuthority();
    const krl = join(folder, "krl");
    writeFileSync(
      krl,
      writeKrl({
        version: 3n,
        at: new Date("2026-03-04T09:00:00Z"),
        revoked: [
          { caKey: authority.caKey.blob, serials: [17n, 2n ** 64n - 1n, 17n] },
          { caKey: other.caKey.blob, serials: [] },
        ],
      }),
    );
    const asked = (line: string): boolean => {
      const path = join(folder, "asked-cert.pub");
      writeFileSync(path, line);
      try {
        return !keygen("-Q", "-f", krl, path).includes(": ok");
      } catch {
        return true; // it ends with 1 where one is revoked
      }
    };
    const { line } = ed25519Signer();
    expect(asked(certificateOf(line))).toBe(true);
    expect(asked(certificateOf(line, { serial: 2n ** 64n - 1n }))).toBe(true);
    expect(asked(certificateOf(line, { serial: 18n }))).toBe(false);
    expect(asked(underOther(line, other))).toBe(false);
    expect(keygen("-Q", "-l", "-f", krl)).toContain("# KRL version 3");
  });

  it("without any is empty, and still a list", () => {
    const krl = join(folder, "empty-krl");
    writeFileSync(krl, writeKrl({ version: 0n, at: new Date(0), revoked: [] }));
    expect(keygen("-Q", "-l", "-f", krl)).toContain("# KRL version 0");
  });
});

function underOther(line: string, other: ReturnType<typeof makeAuthority>): string {
  const read = readUserKey(line);
  const key: PublicKey | null = read.kind === "ok" ? read.key : null;
  if (key === null) throw new Error("a key");
  return signCertificate(key, CONTENT, { ...other, nonce: randomBytes(32) });
}

const escaped = (text: string) => text.replaceAll(/[+/]/g, "\\$&");
