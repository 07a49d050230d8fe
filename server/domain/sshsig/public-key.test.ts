import { createECDH, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  ecdsaSigner,
  ed25519Signer,
  mpint,
  rsaSigner,
  securityKeySigner,
  type SshSigner,
} from "#server/testing/ssh-signer.ts";
import { faultOf } from "./fault.ts";
import {
  fingerprintOf,
  isPrivateKey,
  isSameKey,
  keyObjectOf,
  parsePublicKeyLine,
  readPublicKey,
} from "./public-key.ts";
import { wireString } from "./wire-reader.ts";

const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHuShVzQUzzBWWV6T+wpZ9pTapuE3RnOO0uyzPAS1NQ9 op-ed25519@test-only";

function codeOf(blob: Uint8Array): string {
  const read = faultOf(() => readPublicKey(Buffer.from(blob)));
  return read.kind === "fault" ? read.fault.code : "none";
}

const fields = (...all: (Uint8Array | string)[]) => Buffer.concat(all.map(wireString));
const bytes = (hex: string) => Buffer.from(hex, "hex");
/** Little-endian, as ed25519 writes y. */
const littleEndian = (number: bigint) => bytes(number.toString(16).padStart(64, "0")).reverse();

describe("parsePublicKeyLine", () => {
  it("reads type, fingerprint and comment", () => {
    const key = {
      type: "ssh-ed25519",
      fingerprint: "SHA256:Hd5w0Wq3yg1n9Sz+K5UMPzki65Kr3yAN7ngshbbqK4Q",
      comment: "op-ed25519@test-only",
    };
    expect(parsePublicKeyLine(`${ED25519}\n`)).toMatchObject({ kind: "ok", key });
    expect(parsePublicKeyLine(`  ${ED25519.replaceAll(" ", "\t ")} of Olivia \r\n`)).toMatchObject({
      kind: "ok",
      key: { ...key, comment: "op-ed25519@test-only\t of Olivia".replace("\t ", " ") },
    });
  });

  it.each<[string, SshSigner]>([
    ["ed25519", ed25519Signer()],
    ["ecdsa p256", ecdsaSigner("nistp256")],
    ["ecdsa p384", ecdsaSigner("nistp384")],
    ["ecdsa p521", ecdsaSigner("nistp521")],
    ["rsa", rsaSigner(3072)],
    ["security key ed25519", securityKeySigner("ed25519")],
    ["security key ecdsa", securityKeySigner("ecdsa", "console.example")],
  ])("reads a key of type %s", (_what, { type, blob, line }) => {
    const parsed = parsePublicKeyLine(line);
    if (parsed.kind === "refused") expect.fail(parsed.says);
    expect(parsed.key.type).toBe(type);
    expect(Buffer.from(parsed.key.blob).equals(blob)).toBe(true);
    expect(parsed.key.fingerprint).toBe(fingerprintOf(blob));
    expect(keyObjectOf(parsed.key.numbers).type).toBe("public");
  });

  it("reads a key without a comment", () => {
    const line = ED25519.split(" ").slice(0, 2).join(" ");
    expect(parsePublicKeyLine(line)).toMatchObject({ kind: "ok", key: { comment: "" } });
  });

  const { privateKey } = generateKeyPairSync("ed25519");
  it.each([
    ["PEM", privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["PEM of RSA", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
    ["OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA"],
    ["OpenSSH without its first line", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"],
    ["PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519"],
    ["a public key with a secret one behind it", `${ED25519}\n-----BEGIN PRIVATE KEY-----`],
    ["small letters", "-----begin openssh private key-----"],
  ])("tells the person of a private key: %s", (_what, text) => {
    const parsed = parsePublicKeyLine(text);
    expect(parsed).toMatchObject({
      kind: "refused",
      says: expect.stringMatching(/private key.*make a new key/),
    });
    expect(JSON.stringify(parsed)).not.toContain(text.slice(-12));
    expect(isPrivateKey(text)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["one word", "ssh-ed25519"],
    ["two keys", `${ED25519}\n${ED25519}`],
    ["a line of allowed_signers", `olivia@corp ${ED25519}`],
    ["options", `namespaces="x" ${ED25519}`],
    ["a quote", ED25519.replace("ssh-", 'ssh"-')],
    ["a control character in the comment", `${ED25519}\0`],
    ["an escape sequence in the comment", `${ED25519}\x1b[2J`],
    ["a signature", "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----"],
    ["base64 that is none", ED25519.replace("AAAAC3", "AAAA-3")],
    ["base64 with trailing bits", ED25519.replace("1NQ9", "1NQ9=")],
    ["another type than inside", ED25519.replace("ssh-ed25519", "ssh-rsa")],
    ["a type by case", ED25519.replace("ssh-ed25519", "SSH-ed25519")],
    ["a certificate", ED25519.replace("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com")],
    ["more than any key", `${ED25519} ${"x".repeat(8192)}`],
  ])("refuses %s", (_what, text) => {
    const parsed = parsePublicKeyLine(text);
    expect(parsed).toMatchObject({ kind: "refused", says: expect.stringMatching(/\.$/) });
    expect(isPrivateKey(text)).toBe(false);
  });

  it("takes 8192 characters", () => {
    const line = `${ED25519} `.padEnd(8192, "x");
    expect(parsePublicKeyLine(line)).toMatchObject({ kind: "ok" });
    expect(parsePublicKeyLine(`${line}x`)).toMatchObject({ says: expect.stringContaining("longer") });
  });
});

describe("readPublicKey", () => {
  it.each([
    ["a key of no type", fields(""), "KEY_TYPE"],
    ["an unknown type", fields("ssh-dss", "x"), "KEY_TYPE"],
    ["a type by case", fields("SSH-ED25519", Buffer.alloc(32, 7)), "KEY_TYPE"],
    ["the type of a browser's signature", fields("webauthn-sk-ecdsa-sha2-nistp256@openssh.com"), "KEY_TYPE"],
    ["a certificate", fields("ssh-ed25519-cert-v01@openssh.com", "nonce"), "KEY_CERT_UNSUPPORTED"],
    [
      "a certificate of a security key",
      fields("sk-ssh-ed25519-cert-v01@openssh.com"),
      "KEY_CERT_UNSUPPORTED",
    ],
    ["nothing", Buffer.alloc(0), "BLOB_TRUNCATED"],
    ["a type alone", fields("ssh-ed25519"), "BLOB_TRUNCATED"],
    ["a long point", fields("ssh-ed25519", Buffer.alloc(33, 7)), "KEY_LENGTH"],
    ["a short point", fields("ssh-ed25519", Buffer.alloc(31, 7)), "KEY_LENGTH"],
    ["bytes left over", fields("ssh-ed25519", Buffer.alloc(32, 7), ""), "BLOB_TRAILING"],
    [
      "a security key without application",
      fields("sk-ssh-ed25519@openssh.com", Buffer.alloc(32, 7)),
      "BLOB_TRUNCATED",
    ],
  ])("refuses %s", (_what, blob, code) => {
    expect(codeOf(blob)).toBe(code);
  });

  const P = 2n ** 255n - 19n;
  const SIGN = 2n ** 255n;
  const ORDER_8 = [
    2707385501144840649318225287225658788936804267575313519463743609750303402022n,
    P - 2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  ];
  it.each([0n, 1n, P - 1n, P, P + 1n, ...ORDER_8])("refuses the low-order key with y = %d", (y) => {
    for (const point of [littleEndian(y), littleEndian(y + SIGN)]) {
      expect(codeOf(fields("ssh-ed25519", point))).toBe("KEY_LOW_ORDER");
      expect(codeOf(fields("sk-ssh-ed25519@openssh.com", point, "ssh:"))).toBe("KEY_LOW_ORDER");
    }
  });

  it("refuses a second spelling of a key, and takes what is no spelling of a low-order one", () => {
    expect(codeOf(fields("ssh-ed25519", littleEndian(P + 2n)))).toBe("KEY_POINT");
    expect(codeOf(fields("ssh-ed25519", littleEndian(P + 18n + SIGN)))).toBe("KEY_POINT");
    expect(codeOf(fields("ssh-ed25519", littleEndian(2n)))).toBe("none");
    expect(codeOf(fields("ssh-ed25519", littleEndian(P - 2n)))).toBe("none");
  });

  it.each([
    ["nistp256", "prime256v1"],
    ["nistp384", "secp384r1"],
    ["nistp521", "secp521r1"],
  ])("takes a point of %s and no other", (curve, openssl) => {
    const ecdh = createECDH(openssl);
    const point = ecdh.generateKeys();
    const type = `ecdsa-sha2-${curve}`;
    const at = (other: Uint8Array) => codeOf(fields(type, curve, other));
    expect(at(point)).toBe("none");
    expect(at(ecdh.getPublicKey(null, "compressed"))).toBe("KEY_POINT");
    expect(at(ecdh.getPublicKey(null, "hybrid"))).toBe("KEY_POINT");
    expect(at(point.subarray(0, -1))).toBe("KEY_POINT");
    expect(at(Buffer.concat([point, Buffer.alloc(1)]))).toBe("KEY_POINT");
    expect(at(Buffer.of(0))).toBe("KEY_POINT");
    expect(at(Buffer.alloc(point.length).fill(4, 0, 1))).toBe("KEY_POINT");
    expect(at(Buffer.concat([Buffer.of(4), Buffer.alloc(point.length - 1, 255)]))).toBe("KEY_POINT");
    for (const place of [1, (point.length + 1) / 2, point.length - 1]) {
      const off = Buffer.from(point);
      off.writeUInt8(off.readUInt8(place) ^ 1, place);
      expect(at(off)).toBe("KEY_POINT");
    }
    expect(codeOf(fields(type, "nistp257", point))).toBe("KEY_CURVE_MISMATCH");
    expect(codeOf(fields(type, curve, point, ""))).toBe("BLOB_TRAILING");
  });

  it("refuses coordinates beyond the prime that stand for a point", () => {
    // 2^521 - 1 is the prime of P-521, and its coordinates have 528 bits: room for x + p.
    const point = createECDH("secp521r1").generateKeys();
    const p = 2n ** 521n - 1n;
    const [x, y] = [point.subarray(1, 67), point.subarray(67)].map((half) =>
      BigInt(`0x${half.toString("hex")}`),
    );
    const write = (number: bigint) => bytes(number.toString(16).padStart(132, "0"));
    const spelled = (x2: bigint, y2: bigint) =>
      codeOf(fields("ecdsa-sha2-nistp521", "nistp521", Buffer.concat([Buffer.of(4), write(x2), write(y2)])));
    if (x === undefined || y === undefined) expect.fail("two halves");
    expect(spelled(x, y)).toBe("none");
    expect(spelled(x, p - y)).toBe("none");
    expect(spelled(x + p, y)).toBe("KEY_POINT");
    expect(spelled(x, y + p)).toBe("KEY_POINT");
  });

  const modulus = Buffer.alloc(384, 0xff);
  const rsa = (e: Uint8Array, n: Uint8Array) => codeOf(Buffer.concat([wireString("ssh-rsa"), e, n]));
  const E = mpint(bytes("010001"));
  it.each([
    ["3072 bits", rsa(E, mpint(modulus)), "none"],
    ["3071 bits", rsa(E, mpint(Buffer.from(modulus).fill(0x7f, 0, 1))), "KEY_RSA_BITS"],
    ["3064 bits", rsa(E, mpint(modulus.subarray(1))), "KEY_RSA_BITS"],
    ["exponent 3", rsa(mpint(bytes("03")), mpint(modulus)), "none"],
    ["an exponent of 64 bits", rsa(mpint(Buffer.alloc(8, 255)), mpint(modulus)), "none"],
    ["an exponent of 65 bits", rsa(mpint(bytes("01ffffffffffffffff")), mpint(modulus)), "KEY_RSA_NUMBERS"],
    ["exponent 1", rsa(mpint(bytes("01")), mpint(modulus)), "KEY_RSA_NUMBERS"],
    ["an even exponent", rsa(mpint(bytes("010000")), mpint(modulus)), "KEY_RSA_NUMBERS"],
    ["an even modulus", rsa(E, mpint(Buffer.from(modulus).fill(0xfe, 383))), "KEY_RSA_NUMBERS"],
    ["exponent 0", rsa(wireString(""), mpint(modulus)), "KEY_MPINT"],
    ["exponent 0 in one byte", rsa(wireString(bytes("00")), mpint(modulus)), "KEY_MPINT"],
    ["a negative modulus", rsa(E, wireString(modulus)), "KEY_MPINT"],
    ["a long exponent", rsa(wireString(bytes("00010001")), mpint(modulus)), "KEY_MPINT"],
    ["a long modulus", rsa(E, wireString(Buffer.concat([Buffer.alloc(2), modulus]))), "KEY_MPINT"],
  ])("RSA with %s", (_what, code, expected) => {
    expect(code).toBe(expected);
  });
});

describe("isSameKey", () => {
  it("compares every byte", () => {
    const blob = Buffer.from("abcd");
    expect(isSameKey({ blob }, { blob: Buffer.from("abcd") })).toBe(true);
    expect(isSameKey({ blob }, { blob: Buffer.from("abce") })).toBe(false);
    expect(isSameKey({ blob }, { blob: Buffer.from("abc") })).toBe(false);
    expect(isSameKey({ blob }, { blob: Buffer.alloc(0) })).toBe(false);
  });
});
