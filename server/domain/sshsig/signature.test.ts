import { describe, expect, it } from "vitest";
import {
  ecdsaSigner,
  ed25519Signer,
  mpint,
  rsaSigner,
  securityKeySigner,
  type SignOptions,
  type SshSigner,
} from "#server/testing/ssh-signer.ts";
import { faultOf } from "./fault.ts";
import { readPublicKey } from "./public-key.ts";
import { requireSignature, type SignaturePolicy } from "./signature.ts";
import { WEBAUTHN_TYPE } from "./webauthn.ts";
import { wireString } from "./wire-reader.ts";

const DATA = Buffer.from("SSHSIG and so on");
const ORIGIN = "https://console.example";
const POLICY: SignaturePolicy = { requiresVerification: false, origins: [ORIGIN] };

function codeOf(signer: SshSigner, signature: Buffer, policy = POLICY): string {
  const key = readPublicKey(signer.blob);
  const read = faultOf(() => requireSignature(key, signature, { data: DATA, policy }));
  return read.kind === "fault" ? read.fault.code : "none";
}

const ed25519 = ed25519Signer();
const ecdsa = ecdsaSigner("nistp256");
const rsa = rsaSigner(3072);
const skEd25519 = securityKeySigner("ed25519");
const skEcdsa = securityKeySigner("ecdsa");
const browser = securityKeySigner("ecdsa", "console.example");
const ALL: [string, SshSigner][] = [
  ["ed25519", ed25519],
  ["ecdsa p256", ecdsa],
  ["ecdsa p384", ecdsaSigner("nistp384")],
  ["ecdsa p521", ecdsaSigner("nistp521")],
  ["rsa", rsa],
  ["security key ed25519", skEd25519],
  ["security key ecdsa", skEcdsa],
];

const typed = (type: string, signature: Buffer) =>
  Buffer.concat([wireString(type), signature.subarray(4 + signature.readUInt32BE())]);
const ecdsaPair = (r: Buffer, s: Buffer) =>
  Buffer.concat([wireString(ecdsa.type), wireString(Buffer.concat([r, s]))]);

describe("requireSignature", () => {
  it.each(ALL)("%s: fits its own data alone", (_what, signer) => {
    expect(codeOf(signer, signer.signatureOf(DATA))).toBe("none");
    expect(codeOf(signer, signer.signatureOf(Buffer.from("other")))).toBe("SIGNATURE_INVALID");
  });

  it.each(ALL)("%s: refuses another type of signature and bytes that are left over", (_what, signer) => {
    const good = signer.signatureOf(DATA);
    for (const [, other] of ALL.filter(([, one]) => one.type !== signer.type)) {
      expect(codeOf(signer, typed(other.type, good))).toBe("SIG_TYPE");
    }
    expect(codeOf(signer, typed("", good))).toBe("SIG_TYPE");
    expect(codeOf(signer, Buffer.concat([good, Buffer.of(0)]))).toBe("BLOB_TRAILING");
    expect(codeOf(signer, good.subarray(0, -1))).toBe("BLOB_TRUNCATED");
    expect(codeOf(signer, Buffer.alloc(0))).toBe("BLOB_TRUNCATED");
  });

  it("refuses an ed25519 signature of another length", () => {
    for (const length of [0, 63, 65]) {
      const signature = Buffer.concat([wireString(ed25519.type), wireString(Buffer.alloc(length))]);
      expect(codeOf(ed25519, signature)).toBe("SIG_LENGTH");
    }
  });

  it.each([
    ["an empty r", ecdsaPair(wireString(""), mpint(Buffer.of(1))), "SIG_MPINT"],
    ["an s of zero", ecdsaPair(mpint(Buffer.of(1)), wireString(Buffer.of(0))), "SIG_MPINT"],
    ["a negative r", ecdsaPair(wireString(Buffer.of(0x80)), mpint(Buffer.of(1))), "SIG_MPINT"],
    ["a long r", ecdsaPair(wireString(Buffer.of(0, 1)), mpint(Buffer.of(1))), "SIG_MPINT"],
    ["an r of 33 bytes", ecdsaPair(mpint(Buffer.alloc(33, 1)), mpint(Buffer.of(1))), "SIG_MPINT"],
    ["an r of 32 bytes", ecdsaPair(mpint(Buffer.alloc(32, 1)), mpint(Buffer.of(1))), "SIGNATURE_INVALID"],
    [
      "an r beyond the order",
      ecdsaPair(mpint(Buffer.alloc(32, 255)), mpint(Buffer.of(1))),
      "SIGNATURE_INVALID",
    ],
    ["no s", Buffer.concat([wireString(ecdsa.type), wireString(mpint(Buffer.of(1)))]), "BLOB_TRUNCATED"],
    [
      "a third number",
      ecdsaPair(mpint(Buffer.of(1)), Buffer.concat([mpint(Buffer.of(1)), Buffer.of(0)])),
      "BLOB_TRAILING",
    ],
  ])("refuses an ecdsa signature with %s", (_what, signature, code) => {
    expect(codeOf(ecdsa, signature)).toBe(code);
  });

  it("takes both labels of RSA for what they say, and SHA-1 for nothing", () => {
    const [short, long] = [
      rsa.signatureOf(DATA, { hash: "sha256" }),
      rsa.signatureOf(DATA, { hash: "sha512" }),
    ];
    expect(codeOf(rsa, short)).toBe("none");
    expect(codeOf(rsa, typed("rsa-sha2-512", short))).toBe("SIGNATURE_INVALID");
    expect(codeOf(rsa, typed("rsa-sha2-256", long))).toBe("SIGNATURE_INVALID");
    expect(codeOf(rsa, typed("ssh-rsa", short))).toBe("SIG_RSA_SHA1");
    expect(codeOf(rsa, typed("rsa-sha2-384", long))).toBe("SIG_TYPE");
    for (const length of [0, 383, 385]) {
      const signature = Buffer.concat([wireString("rsa-sha2-512"), wireString(Buffer.alloc(length, 1))]);
      expect(codeOf(rsa, signature)).toBe("SIG_LENGTH");
    }
  });
});

describe("security keys", () => {
  it.each<[string, SshSigner]>([
    ["ed25519", skEd25519],
    ["ecdsa", skEcdsa],
  ])("%s: must be touched, and verified where that is asked for", (_what, signer) => {
    const strict = { ...POLICY, requiresVerification: true };
    for (const flags of [1, 3, 5, 0xff])
      expect(codeOf(signer, signer.signatureOf(DATA, { flags }))).toBe("none");
    for (const flags of [0, 4, 2, 0xfe]) {
      expect(codeOf(signer, signer.signatureOf(DATA, { flags }))).toBe("SK_NO_USER_PRESENCE");
    }
    expect(codeOf(signer, signer.signatureOf(DATA, { flags: 1 }), strict)).toBe("SK_NO_USER_VERIFICATION");
    expect(codeOf(signer, signer.signatureOf(DATA, { flags: 4 }), strict)).toBe("SK_NO_USER_PRESENCE");
    expect(codeOf(signer, signer.signatureOf(DATA, { flags: 5 }), strict)).toBe("none");
  });

  it("answers flags and counter, and nothing for a plain key", () => {
    const signature = skEd25519.signatureOf(DATA, { flags: 5, counter: 0xfffffffe });
    const found = requireSignature(readPublicKey(skEd25519.blob), signature, { data: DATA, policy: POLICY });
    expect(found).toEqual({ flags: 5, counter: 0xfffffffe });
    for (const plain of [ed25519, rsa]) {
      const given = { data: DATA, policy: POLICY };
      expect(requireSignature(readPublicKey(plain.blob), plain.signatureOf(DATA), given)).toBeNull();
    }
  });

  it("belongs to its application", () => {
    const other = Buffer.from(skEd25519.blob);
    other.write("sshx", other.length - 4);
    const key = readPublicKey(other);
    const run = () => requireSignature(key, skEd25519.signatureOf(DATA), { data: DATA, policy: POLICY });
    expect(faultOf(run)).toMatchObject({ fault: { code: "SIGNATURE_INVALID" } });
  });
});

describe("a browser's signature", () => {
  type Browser = NonNullable<SignOptions["browser"]>;
  const sign = (change: Browser = {}, options: SignOptions = {}) =>
    browser.signatureOf(DATA, { ...options, browser: { origin: ORIGIN, ...change } });

  it.each<[string, Browser, SignOptions]>([
    ["as browsers make it", {}, {}],
    ["as older ones did", { rest: "}" }, {}],
    ["with members to come", { rest: ',"crossOrigin":false,"other_keys_can_be_added_here":"x"}' }, {}],
    ["with extensions", { extensions: "\xa1" }, { flags: 0x81 }],
    ["verified", {}, { flags: 5 }],
  ])("is taken %s", (_what, change, options) => {
    expect(codeOf(browser, sign(change, options))).toBe("none");
  });

  it.each<[string, Browser, string]>([
    ["another page", { origin: "https://evil.example" }, "WEBAUTHN_ORIGIN"],
    ["a longer name", { origin: `${ORIGIN}.evil.example` }, "WEBAUTHN_ORIGIN"],
    ["a shorter name", { origin: "https://console.exampl" }, "WEBAUTHN_ORIGIN"],
    ["another port", { origin: `${ORIGIN}:8443` }, "WEBAUTHN_ORIGIN"],
    ["no encryption", { origin: "http://console.example" }, "WEBAUTHN_ORIGIN"],
    ["case", { origin: "https://Console.example" }, "WEBAUTHN_ORIGIN"],
    [
      "an origin that the client data does not have",
      { writtenOrigin: "https://evil.example" },
      "WEBAUTHN_CLIENTDATA",
    ],
    ["an origin that goes on", { writtenOrigin: `${ORIGIN}.evil.example` }, "WEBAUTHN_CLIENTDATA"],
    ["another challenge", { challenge: "AAAA" }, "WEBAUTHN_CLIENTDATA"],
    ["a padded challenge", { challenge: DATA.toString("base64") }, "WEBAUTHN_CLIENTDATA"],
    ["text that is no JSON", { rest: "" }, "WEBAUTHN_CLIENTDATA"],
    ["text behind the JSON", { rest: "}}" }, "WEBAUTHN_CLIENTDATA"],
    ["a second origin", { rest: ',"origin":"https://evil.example"}' }, "WEBAUTHN_CLIENTDATA"],
    ["a second challenge", { rest: ',"challenge":"AAAA"}' }, "WEBAUTHN_CLIENTDATA"],
    ["a second type", { rest: ',"type":"webauthn.create"}' }, "WEBAUTHN_CLIENTDATA"],
    ["a foreign frame", { rest: ',"crossOrigin":true}' }, "WEBAUTHN_CROSS_ORIGIN"],
    ["a foreign frame in words", { rest: ',"crossOrigin":"false"}' }, "WEBAUTHN_CROSS_ORIGIN"],
    [
      "a foreign frame taken back",
      { rest: ',"crossOrigin":true,"crossOrigin":false}' },
      "WEBAUTHN_CROSS_ORIGIN",
    ],
    ["no frame at all", { rest: ',"crossOrigin":null}' }, "WEBAUTHN_CROSS_ORIGIN"],
    [
      "a page above",
      { rest: ',"crossOrigin":false,"topOrigin":"https://evil.example"}' },
      "WEBAUTHN_CROSS_ORIGIN",
    ],
    ["extensions that no flag tells of", { extensions: "\xa1" }, "WEBAUTHN_FLAGS"],
  ])("is refused for %s", (_what, change, code) => {
    expect(codeOf(browser, sign(change))).toBe(code);
  });

  it.each([
    [0x41, "WEBAUTHN_FLAGS"],
    [0x81, "WEBAUTHN_FLAGS"],
    [0xc1, "WEBAUTHN_FLAGS"],
    [0, "SK_NO_USER_PRESENCE"],
    [4, "SK_NO_USER_PRESENCE"],
  ])("is refused for the flags %d", (flags, code) => {
    expect(codeOf(browser, sign({}, { flags }))).toBe(code);
  });

  it("is refused where no page may sign, and unverified where verification is asked for", () => {
    expect(codeOf(browser, sign(), { requiresVerification: false, origins: [] })).toBe("WEBAUTHN_ORIGIN");
    expect(codeOf(browser, sign(), { ...POLICY, requiresVerification: true })).toBe(
      "SK_NO_USER_VERIFICATION",
    );
  });

  it("has to be one: changed client data, another type and a cut are refused", () => {
    const good = sign();
    const changed = Buffer.from(good);
    changed.write("console.examplf", changed.lastIndexOf("console.example"));
    expect(codeOf(browser, changed)).not.toBe("none");
    expect(codeOf(browser, typed(browser.type, good))).toBe("BLOB_TRAILING");
    expect(codeOf(browser, typed(WEBAUTHN_TYPE, browser.signatureOf(DATA)))).toBe("BLOB_TRUNCATED");
    expect(codeOf(skEd25519, typed(WEBAUTHN_TYPE, skEd25519.signatureOf(DATA)))).toBe("SIG_TYPE");
    expect(codeOf(ecdsa, typed(WEBAUTHN_TYPE, ecdsa.signatureOf(DATA)))).toBe("SIG_TYPE");
    expect(codeOf(browser, sign({}, {}).subarray(0, -1))).toBe("BLOB_TRUNCATED");
  });
});
