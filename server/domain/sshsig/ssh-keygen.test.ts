import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSignatureVectors } from "#server/testing/signature-vectors.ts";
import {
  ecdsaSigner,
  ed25519Signer,
  NAMESPACE,
  rsaSigner,
  securityKeySigner,
  type SignOptions,
  type SshSigner,
} from "#server/testing/ssh-signer.ts";
import { parseAbsoluteTime } from "./absolute-time.ts";
import { readArmor, writeArmor } from "./armor.ts";
import { parsePublicKeyLine } from "./public-key.ts";
import { verifyByList } from "./verify-by-list.ts";

/** The second judge: the ssh-keygen of this machine. What we accept it has to accept, and never the other way alone. */
const folder = mkdtempSync(join(tmpdir(), "countersign-keygen-"));
afterAll(() => rmSync(folder, { recursive: true }));

const place = (name: string) => join(folder, name);
const env = { NODE_ENV: "test", PATH: "/usr/bin:/bin", TZ: "UTC", LC_ALL: "C" } as const;
const keygen = (...args: string[]) => execFileSync("ssh-keygen", args, { env, stdio: "pipe" });

const PRINCIPAL = "olivia@corp";
const MESSAGE = Buffer.from('{"op":"guest_destroy"}');
const ORIGIN = "https://console.example";

interface Judged {
  armored: string;
  message: Buffer;
  list: string;
  principal?: string;
  namespace?: string;
  verifyTime?: string;
}

function theirs({ armored, message, list, ...asked }: Judged): boolean {
  const { principal = PRINCIPAL, namespace = NAMESPACE, verifyTime = "20300115120000Z" } = asked;
  writeFileSync(place("sig"), Buffer.from(armored, "latin1"));
  writeFileSync(place("allowed"), list);
  const files = ["-f", place("allowed"), "-s", place("sig")];
  const { status } = spawnSync(
    "ssh-keygen",
    ["-Y", "verify", ...files, "-I", principal, "-n", namespace, "-O", `verify-time=${verifyTime}`],
    { env, input: message },
  );
  return status === 0;
}

function ours({ armored, message, list, ...asked }: Judged): boolean {
  const { principal = PRINCIPAL, namespace = NAMESPACE, verifyTime = "20300115120000Z" } = asked;
  const now = parseAbsoluteTime(verifyTime) ?? expect.fail("a time");
  const policy = { requiresVerification: false, origins: [ORIGIN] };
  const verdict = verifyByList({
    armored,
    message,
    allowedSigners: list,
    principal,
    namespace,
    now,
    policy,
  });
  return verdict.kind === "good";
}

describe("keys and signatures of ssh-keygen", () => {
  it.each([
    ["ed25519", "0"],
    ["ecdsa", "256"],
    ["ecdsa", "384"],
    ["ecdsa", "521"],
    ["rsa", "3072"],
  ])("%s %s: both accept it, and neither accepts anything else signed", (type, bits) => {
    const file = place(`${type}-${bits}`);
    keygen("-q", "-t", type, ...(bits === "0" ? [] : ["-b", bits]), "-N", "", "-C", "a comment", "-f", file);
    const line = readFileSync(`${file}.pub`, "utf8");
    const parsed = parsePublicKeyLine(line);
    const [, fingerprint] = keygen("-l", "-f", `${file}.pub`).toString().split(" ");
    expect(parsed).toMatchObject({ kind: "ok", key: { fingerprint, comment: "a comment" } });
    for (const hash of ["sha256", "sha512"]) {
      writeFileSync(place("message"), MESSAGE);
      keygen("-q", "-Y", "sign", "-f", file, "-n", NAMESPACE, "-O", `hashalg=${hash}`, place("message"));
      const armored = readFileSync(place("message.sig"), "latin1");
      rmSync(place("message.sig"));
      const good = { armored, message: MESSAGE, list: `${PRINCIPAL} ${line}` };
      expect([theirs(good), ours(good)]).toEqual([true, true]);
      // The armor itself comes out of ours as ssh-keygen wrote it.
      expect(writeArmor(readArmor(armored))).toBe(armored);
      for (const change of [
        { message: Buffer.concat([MESSAGE, Buffer.from("\n")]) },
        { namespace: "file" },
        { principal: "rita@corp" },
        { list: `${PRINCIPAL} ${ed25519Signer().line}` },
      ]) {
        const bad = { ...good, ...change };
        expect([theirs(bad), ours(bad)]).toEqual([false, false]);
      }
    }
  });

  it("refuses an RSA key of 2048 bits and the secret half of any key", () => {
    const file = place("weak");
    keygen("-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", file);
    expect(parsePublicKeyLine(readFileSync(`${file}.pub`, "utf8"))).toMatchObject({ kind: "refused" });
    for (const name of ["weak", "ed25519-0", "rsa-3072"]) {
      const secret = readFileSync(place(name), "utf8");
      const parsed = parsePublicKeyLine(secret);
      expect(parsed).toMatchObject({ kind: "refused", says: expect.stringContaining("private key") });
    }
  });
});

describe("signatures made here", () => {
  it.each<[string, SshSigner, SignOptions]>([
    ["ed25519", ed25519Signer(), {}],
    ["ecdsa p256", ecdsaSigner("nistp256"), { hash: "sha256" }],
    ["ecdsa p384", ecdsaSigner("nistp384"), {}],
    ["ecdsa p521", ecdsaSigner("nistp521"), { hash: "sha256" }],
    ["rsa sha256", rsaSigner(3072), { hash: "sha256" }],
    ["rsa sha512, exponent 3", rsaSigner(3072, 3), {}],
    ["security key ed25519", securityKeySigner("ed25519"), { flags: 1 }],
    ["security key ecdsa", securityKeySigner("ecdsa"), { flags: 5, counter: 0xffffffff }],
    ["browser", securityKeySigner("ecdsa", "console.example"), { browser: { origin: ORIGIN } }],
  ])("%s: both accept it", (_what, signer, options) => {
    const armored = signer.sign(MESSAGE, options);
    const good = { armored, message: MESSAGE, list: `${PRINCIPAL} ${signer.line}` };
    expect([theirs(good), ours(good)]).toEqual([true, true]);
  });

  it("refuses what ssh-keygen lets pass: a security key that nobody touched", () => {
    const signer = securityKeySigner("ed25519");
    const untouched = {
      armored: signer.sign(MESSAGE, { flags: 0 }),
      message: MESSAGE,
      list: `${PRINCIPAL} ${signer.line}`,
    };
    expect([theirs(untouched), ours(untouched)]).toEqual([true, false]);
  });
});

describe("the vectors", () => {
  // OpenSSH reads CRLF since 10.0; older ones on this machine do not.
  const listed = readSignatureVectors().vectors.filter(({ id }) => id !== "armor-crlf");
  it.each(listed)("$id: what we accept, ssh-keygen accepts", (vector) => {
    const judged = { ...vector, list: vector.allowedSigners };
    const isGood = ours(judged);
    expect(isGood).toBe(vector.ours.result === "accept");
    if (isGood) expect(theirs(judged)).toBe(true);
  });
});
