import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSignatureVectors } from "#server/testing/signature-vectors.ts";
import {
  ecdsaSigner,
  NAMESPACE,
  securityKeySigner,
  type SignOptions,
  type SshSigner,
} from "#server/testing/ssh-signer.ts";
import { admitByList, parseAllowedSigners } from "./allowed-signers.ts";
import { readArmor, writeArmor } from "./armor.ts";
import { readBlob } from "./blob.ts";
import { checkSignature, type SignatureVerdict } from "./check.ts";
import { faultOf } from "./fault.ts";
import { parseAbsoluteTime } from "./absolute-time.ts";
import type { SignaturePolicy } from "./signature.ts";
import { verifyByList } from "./verify-by-list.ts";

const ORIGIN = "https://console.example";
const MESSAGE = Buffer.from('{"op":"guest_destroy"}');

/** Good signatures of the kinds that the vectors have none of. */
const MADE: [string, SshSigner, SignOptions][] = [
  ["ecdsa p384", ecdsaSigner("nistp384"), { hash: "sha256" }],
  ["ecdsa p521", ecdsaSigner("nistp521"), {}],
  ["security key, ecdsa", securityKeySigner("ecdsa"), { flags: 5, counter: 0 }],
  ["browser", securityKeySigner("ecdsa", "console.example"), { browser: { origin: ORIGIN } }],
  [
    "browser with extensions",
    securityKeySigner("ecdsa", "console.example"),
    { flags: 0x81, browser: { origin: ORIGIN, extensions: "\xa0" } },
  ],
];

interface Vector {
  id: string;
  armored: string;
  message: Buffer;
  namespace: string;
  principal: string;
  allowedSigners: string;
  verifyTime: string;
  policy: SignaturePolicy;
}

/** Every signature that is good as it stands, with what it takes to judge it. */
const GOOD: Vector[] = [
  ...readSignatureVectors().vectors.filter(({ ours }) => ours.result === "accept"),
  ...MADE.map(([id, signer, options]) => ({
    id,
    armored: signer.sign(MESSAGE, options),
    message: MESSAGE,
    namespace: NAMESPACE,
    principal: "olivia@corp",
    allowedSigners: `olivia@corp ${signer.line}`,
    verifyTime: "20300115120000Z",
    policy: { requiresVerification: false, origins: [ORIGIN] },
  })),
];

/** One good signature for each type of key. */
const OF_EACH_TYPE = [
  ...new Map(
    GOOD.map((vector) => [readBlob(readArmor(vector.armored)).publicKey.toString("latin1", 4, 30), vector]),
  ),
].map(([, vector]) => vector);

function judge(vector: Vector): (armored: string) => SignatureVerdict<unknown> {
  const { message, namespace, principal, policy } = vector;
  const list = parseAllowedSigners(vector.allowedSigners);
  if (list.kind === "refused") throw new Error(list.says);
  const now = parseAbsoluteTime(vector.verifyTime) ?? expect.fail("a time");
  return (armored) =>
    checkSignature({
      armored,
      message,
      namespace,
      admit: (key) => admitByList(list.signers, key, { principal, namespace, now }),
      policy,
    });
}

/** Cut before, one bit flipped in, one byte put before, one byte taken out at every place. */
function* mutants(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at++) {
    const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
    const byte = bytes.readUInt8(at);
    yield before;
    yield Buffer.concat([before, Buffer.of(byte ^ (1 << (at % 8))), behind]);
    yield Buffer.concat([before, Buffer.of((byte + at) % 256), bytes.subarray(at)]);
    yield Buffer.concat([before, behind]);
  }
}

describe("every byte of every good signature", () => {
  it.each(GOOD)("$id", (vector) => {
    const verdictOf = judge(vector);
    const blob = readArmor(vector.armored);
    expect(verdictOf(vector.armored).kind).toBe("good");
    let count = 0;
    for (const mutant of mutants(blob)) {
      count += 1;
      if (verdictOf(writeArmor(mutant)).kind === "good") expect.fail(mutant.toString("hex"));
    }
    expect(count).toBe(blob.length * 4);
  });

  const ofEachArmor = [...OF_EACH_TYPE, ...GOOD.filter(({ id }) => id.startsWith("armor-"))];
  it.each(ofEachArmor)("$id, armored", (vector) => {
    const verdictOf = judge(vector);
    const blob = readArmor(vector.armored);
    for (const mutant of mutants(Buffer.from(vector.armored, "latin1"))) {
      const armored = mutant.toString("latin1");
      if (verdictOf(armored).kind !== "good") continue;
      // Other line ends are the same signature; not one other character is.
      expect(readArmor(armored).equals(blob)).toBe(true);
      expect(armored.replace(/[\r\n]/g, "")).toBe(vector.armored.replace(/[\r\n]/g, ""));
    }
  });

  it.each(OF_EACH_TYPE)("$id, over every byte of the message and the namespace", (vector) => {
    for (const message of mutants(vector.message)) {
      if (message.equals(vector.message)) continue;
      expect(judge({ ...vector, message })(vector.armored).kind).toBe("refused");
    }
    for (const name of mutants(Buffer.from(vector.namespace))) {
      const namespace = name.toString("latin1");
      const verdict = verifyByList({ ...vector, namespace, now: new Date("2030-01-15T12:00:00Z") });
      expect(verdict.kind === "good" && namespace !== vector.namespace).toBe(false);
    }
  });
});

describe("bytes of any kind", () => {
  const [vector] = GOOD;
  const verdictOf = judge(vector ?? expect.fail("a vector"));

  it("end in a verdict when they are the armor", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(verdictOf(text).kind).toBe("refused");
      }),
    );
  });

  it("end in a verdict when they are the blob, magic in front or not", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, hasMagic) => {
        const blob = Buffer.concat([Buffer.from(hasMagic ? "SSHSIG\0\0\0\x01" : ""), bytes]);
        expect(verdictOf(writeArmor(blob)).kind).toBe("refused");
      }),
    );
  });

  it("come out of the armor as they went in", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (bytes) => {
        expect(readArmor(writeArmor(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  it("end in a verdict when they are a list of allowed signers", () => {
    const piece = fc.constantFrom(
      "a@b",
      "*",
      " ",
      "\t",
      '"',
      "\\",
      ",",
      "=",
      "\n",
      "namespaces",
      "valid-after",
      "20300101Z",
      "ssh-ed25519",
      "AAAA",
      "#",
      "\0",
      "\u00e9",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const read = faultOf(() => parseAllowedSigners(pieces.join("")));
        expect(read.kind).toBe("ok");
      }),
      { numRuns: 2000 },
    );
  });
});
