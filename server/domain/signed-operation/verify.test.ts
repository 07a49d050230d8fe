import { describe, expect, it } from "vitest";
import { ed25519Signer, NAMESPACE, securityKeySigner, type SshSigner } from "#server/testing/ssh-signer.ts";
import {
  bytesOf,
  nonceStore,
  readOperationVectors,
  sampleOperation,
  signerOf,
} from "#server/testing/signed-operations.ts";
import type { OperationEnvelope } from "./envelope.ts";
import type { Signer } from "./signer.ts";
import { OPERATION_STEPS, type Presentation, type UsedNonce, verifySignedOperation } from "./verify.ts";

const olivia = ed25519Signer();
const stranger = ed25519Signer();
const NOW = new Date("2030-01-15T12:05:00Z");

type Given = Presentation<Signer> & { usedNonce?: UsedNonce };

function present(
  change: Partial<Given> = {},
  { operation = sampleOperation(), by = olivia }: { operation?: OperationEnvelope; by?: SshSigner } = {},
): Given {
  const message = change.message ?? bytesOf(operation);
  return {
    armored: by.sign(message),
    message,
    namespace: NAMESPACE,
    signers: [signerOf(olivia.line)],
    hostId: "cloud-1",
    now: NOW,
    ...change,
  };
}

/** The verdicts of the steps in their order: passed, failed, or not reached. */
async function verdictsOf(given: Given) {
  const { steps } = await verifySignedOperation(given);
  expect(steps.map(({ step }) => step)).toEqual(OPERATION_STEPS);
  for (const { verdict, says } of steps) expect(says === "").toBe(verdict === "not_reached");
  return steps.map(({ verdict }) => verdict.charAt(0)).join("");
}

describe("the vectors", () => {
  const { vectors, namespace, signers } = readOperationVectors();
  const presented = vectors.filter(({ steps }) =>
    steps.some(({ sig, verifierConfigured }) => sig !== null && verifierConfigured),
  );
  it.each(presented)("$id", async ({ steps }) => {
    const { usedNonce } = nonceStore();
    for (const { sig, blobBase64, hostId, now, result } of steps) {
      const message = Buffer.from(blobBase64, "base64");
      const given = {
        armored: sig ?? "",
        message,
        namespace,
        signers,
        hostId,
        now: new Date(now),
        usedNonce,
      };
      const verdict = await verifySignedOperation(given);
      expect(verdict.kind === "refused" ? verdict.error : null).toBe(result.error);
    }
  });
});

describe("verifySignedOperation", () => {
  it("verifies what is signed, and says what every step found", async () => {
    const verdict = await verifySignedOperation(present(nonceStore()));
    if (verdict.kind === "refused") expect.fail(verdict.says);
    expect(verdict.envelope).toEqual(sampleOperation());
    expect(verdict.signer.role).toBe("operational");
    expect(verdict).toMatchObject({ keyType: "ssh-ed25519", presence: null });
    expect(verdict.steps.map(({ says }) => says)).toEqual([
      "The text is one SSH signature, version 1, hashed with sha512.",
      `It was made for ${NAMESPACE}.`,
      `The key is well formed and strong enough: ssh-ed25519 ${verdict.fingerprint}.`,
      "The key is enrolled and valid now, as operational key.",
      "The signature fits exactly these bytes.",
      "The bytes are one operation in canonical form: guest_destroy.",
      "It is meant for this installation.",
      "It may be carried out until 2030-01-15T12:10:00.000Z.",
      "It is presented for the first time.",
      "",
      "",
    ]);
  });

  it("says that a security key was touched, and asks for more where more is wanted", async () => {
    const key = securityKeySigner("ed25519");
    const given = present({ signers: [signerOf(key.line, "recovery")] }, { by: key });
    const verdict = await verifySignedOperation(given);
    expect(verdict).toMatchObject({ kind: "verified", presence: { flags: 1, counter: 7 } });
    expect(verdict.steps[3]?.says).toBe("The key is enrolled and valid now, as recovery key.");
    expect(verdict.steps[4]?.says).toContain("touched");
    const policy = { requiresVerification: true, origins: [] };
    expect(await verifySignedOperation({ ...given, policy })).toMatchObject({
      code: "SK_NO_USER_VERIFICATION",
    });
  });

  it("lets no page of a browser sign unless its address is listed", async () => {
    const key = securityKeySigner("ecdsa", "console.example");
    const origin = "https://console.example";
    const given = present({ signers: [signerOf(key.line)] });
    const armored = key.sign(given.message, { browser: { origin } });
    expect(await verifySignedOperation({ ...given, armored })).toMatchObject({ code: "WEBAUTHN_ORIGIN" });
    const policy = { requiresVerification: false, origins: [origin] };
    expect(await verifySignedOperation({ ...given, armored, policy })).toMatchObject({ kind: "verified" });
  });

  it("only looks without a store of nonces", async () => {
    expect(await verdictsOf(present())).toBe("ppppppppnnn");
    expect(await verdictsOf(present())).toBe("ppppppppnnn");
    expect(await verdictsOf(present(nonceStore()))).toBe("pppppppppnn");
  });

  const message = Buffer.from(`${bytesOf(sampleOperation()).toString()}\n`);
  const otherName = { namespace: "countersign-op-v2" };
  it.each<[string, Given, { error: string; code: string; verdicts: string }]>([
    [
      "no signature",
      present({ armored: "" }),
      { error: "ErrMalformed", code: "ARMOR_NO_HEADER", verdicts: "f" },
    ],
    [
      "another namespace",
      present(otherName),
      { error: "ErrNamespace", code: "NAMESPACE_MISMATCH", verdicts: "pf" },
    ],
    [
      "a stranger's key",
      present({}, { by: stranger }),
      { error: "ErrUnknownSigner", code: "KEY_NOT_ALLOWED", verdicts: "pppf" },
    ],
    [
      "another signed text",
      present({ armored: olivia.sign("other") }),
      { error: "ErrBadSignature", code: "SIGNATURE_INVALID", verdicts: "ppppf" },
    ],
    [
      "bytes that are not canonical",
      present({ message }),
      { error: "ErrMalformed", code: "OPERATION_MALFORMED", verdicts: "pppppf" },
    ],
    [
      "another installation",
      present({ hostId: "cloud-2" }),
      { error: "ErrTarget", code: "TARGET_OTHER_HOST", verdicts: "ppppppf" },
    ],
    [
      "an end that has come",
      present({ now: new Date("2030-01-15T12:10:00Z") }),
      { error: "ErrExpired", code: "EXPIRED", verdicts: "pppppppf" },
    ],
    [
      "a beginning too far ahead",
      present({ now: new Date("2030-01-15T11:57:59.999Z") }),
      { error: "ErrNotYetValid", code: "NOT_YET_VALID", verdicts: "pppppppf" },
    ],
  ])("refuses %s and spends nothing", async (_what, given, { verdicts, ...expected }) => {
    const { usedNonce, seen } = nonceStore();
    const verdict = await verifySignedOperation({ ...given, usedNonce });
    expect(verdict).toMatchObject({ kind: "refused", ...expected });
    expect(seen.size).toBe(0);
    expect(await verdictsOf({ ...given, usedNonce })).toBe(verdicts.padEnd(11, "n"));
    const failed = verdict.steps.find((step) => step.verdict === "failed");
    expect(verdict.kind === "refused" && verdict.says).toBe(failed?.says);
    // The good one goes through after it.
    const good = await verifySignedOperation(present({ usedNonce }));
    expect(good.kind).toBe("verified");
  });

  it("answers what it found before it refused", async () => {
    const nothing = await verifySignedOperation(present({ armored: "" }));
    expect(nothing).toMatchObject({ signer: null, envelope: null, fingerprint: null });
    const unknown = await verifySignedOperation(present({}, { by: stranger }));
    expect(unknown).toMatchObject({
      signer: null,
      envelope: null,
      fingerprint: expect.stringMatching(/^SHA256:/),
    });
    const unfit = await verifySignedOperation(present({ armored: olivia.sign("other") }));
    expect(unfit).toMatchObject({ signer: { role: "operational" }, envelope: null });
    const late = await verifySignedOperation(present({ now: new Date("2031-01-01Z") }));
    expect(late).toMatchObject({ signer: { role: "operational" }, envelope: { op: "guest_destroy" } });
  });

  it.each([
    ["2030-01-15T11:58:00Z", "verified"],
    ["2030-01-15T12:09:59.999Z", "verified"],
    ["2030-01-15T11:57:59.999Z", "refused"],
    ["2030-01-15T12:10:00Z", "refused"],
  ])("at %s it is %s", async (now, kind) => {
    expect((await verifySignedOperation(present({ now: new Date(now) }))).kind).toBe(kind);
  });

  it("refuses everything at a time that is none", async () => {
    const verdict = await verifySignedOperation(present({ now: new Date(Number.NaN) }));
    expect(verdict.kind).toBe("refused");
  });

  it("knows a second presentation, signed again or not", async () => {
    const { usedNonce } = nonceStore();
    expect(await verdictsOf(present({ usedNonce }))).toBe("pppppppppnn");
    const again = present({ usedNonce });
    expect(await verifySignedOperation(again)).toMatchObject({ error: "ErrReplay", code: "NONCE_USED" });
    expect(await verdictsOf(again)).toBe("ppppppppfnn");
    const fresh = present({ usedNonce }, { operation: sampleOperation({ nonce: "another-nonce-0123" }) });
    expect(await verdictsOf(fresh)).toBe("pppppppppnn");
  });

  it("hands the nonce on with its end, and waits for the answer", async () => {
    const asked: unknown[] = [];
    const verdict = await verifySignedOperation(
      present({
        usedNonce: (nonce) => {
          asked.push(nonce);
          return Promise.resolve(true);
        },
      }),
    );
    expect(verdict).toMatchObject({ error: "ErrReplay" });
    expect(asked).toEqual([{ value: "nonce-0123456789", expiresAt: new Date("2030-01-15T12:10:00Z") }]);
  });

  it("verifies nothing when the nonce cannot be written", async () => {
    const usedNonce = () => {
      throw new Error("read-only file system");
    };
    await expect(verifySignedOperation(present({ usedNonce }))).rejects.toThrow("read-only");
  });
});

describe("the signers", () => {
  const signer = signerOf(olivia.line);
  const at = (text: string) => new Date(`2030-01-15T${text}Z`);

  it.each<[string, Signer[], string]>([
    ["nobody", [], "KEY_NOT_ALLOWED"],
    ["another", [signerOf(stranger.line)], "KEY_NOT_ALLOWED"],
    ["the same twice", [signer, signer], "KEY_AMBIGUOUS"],
    ["one key in two roles", [signer, { ...signer, role: "recovery" }], "KEY_AMBIGUOUS"],
    ["one not valid yet", [{ ...signer, validAfter: at("12:05:01") }], "KEY_NOT_VALID_NOW"],
    ["one not valid any more", [{ ...signer, validBefore: at("12:04:59") }], "KEY_NOT_VALID_NOW"],
    ["one just revoked", [{ ...signer, revokedAt: NOW }], "KEY_NOT_VALID_NOW"],
    ["a revoked one beside a good one", [{ ...signer, revokedAt: NOW }, signer], "KEY_AMBIGUOUS"],
  ])("refuses when it is %s", async (_what, signers, code) => {
    const verdict = await verifySignedOperation(present({ signers }));
    expect(verdict).toMatchObject({ kind: "refused", error: "ErrUnknownSigner", code });
  });

  it.each<[string, Signer]>([
    ["from this second on", { ...signer, validAfter: NOW }],
    ["until this second", { ...signer, validBefore: NOW }],
    ["revoked later", { ...signer, revokedAt: at("12:05:00.001") }],
  ])("takes one %s", async (_what, only) => {
    expect((await verifySignedOperation(present({ signers: [only] }))).kind).toBe("verified");
  });

  it("goes by the key and not by the name in the operation", async () => {
    const operation = sampleOperation({ key_id: "recovery" });
    const verdict = await verifySignedOperation(present({}, { operation }));
    expect(verdict).toMatchObject({ kind: "verified", signer: { role: "operational" } });
  });
});
