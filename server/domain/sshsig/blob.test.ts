import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signatureBlob } from "#server/testing/ssh-signer.ts";
import { readBlob, requireNamespace, signedData } from "./blob.ts";
import { faultOf } from "./fault.ts";

const FIELDS = { publicKey: Buffer.from("key"), signature: Buffer.from("signature") };

function codeOf(run: () => unknown): string {
  const read = faultOf(run);
  return read.kind === "fault" ? read.fault.code : "none";
}

describe("readBlob", () => {
  it.each(["sha256", "sha512"])("reads the fields of a signature over %s", (hash) => {
    const blob = readBlob(signatureBlob({ ...FIELDS, hash }));
    expect(blob.hash).toBe(hash);
    expect(blob.publicKey.toString()).toBe("key");
    expect(blob.namespace.toString()).toBe("countersign-op-v1");
    expect(blob.signature.toString()).toBe("signature");
  });

  it.each([0, 2, 0x01000000, 0xffffffff])("refuses version %d", (version) => {
    const read = faultOf(() => readBlob(signatureBlob({ ...FIELDS, version })));
    expect(read).toMatchObject({ fault: { code: "BLOB_VERSION", detail: String(version) } });
  });

  it.each(["sha1", "SHA512", "sha512\0", "sha51", "", "sha384"])("refuses the hash %j", (hash) => {
    expect(codeOf(() => readBlob(signatureBlob({ ...FIELDS, hash })))).toBe("HASH_ALG");
  });

  it("refuses what is cut, left over, reserved or no signature", () => {
    const good = signatureBlob(FIELDS);
    expect(codeOf(() => readBlob(good.subarray(0, 5)))).toBe("BLOB_MAGIC");
    expect(codeOf(() => readBlob(Buffer.from("SSHSIH...")))).toBe("BLOB_MAGIC");
    for (let length = 6; length < good.length; length++) {
      expect(codeOf(() => readBlob(good.subarray(0, length)))).toBe("BLOB_TRUNCATED");
    }
    expect(codeOf(() => readBlob(Buffer.concat([good, Buffer.of(0)])))).toBe("BLOB_TRAILING");
    expect(codeOf(() => readBlob(signatureBlob({ ...FIELDS, reserved: "x" })))).toBe("RESERVED_NOT_EMPTY");
  });

  it.each<[string, number]>([
    ["publicKey", 2048],
    ["namespace", 64],
    ["signature", 2048],
  ])("takes a %s of %d bytes and not of one more", (field, limit) => {
    const read = (length: number) => readBlob(signatureBlob({ ...FIELDS, [field]: "x".repeat(length) }));
    expect(codeOf(() => read(limit))).toBe("none");
    expect(codeOf(() => read(limit + 1))).toBe("BLOB_FIELD_TOO_LARGE");
  });

  it("reads from the middle of a larger buffer", () => {
    const good = signatureBlob(FIELDS);
    const large = Buffer.concat([Buffer.from("before"), good, Buffer.from("behind")]);
    expect(readBlob(large.subarray(6, 6 + good.length)).publicKey.toString()).toBe("key");
  });
});

describe("signedData", () => {
  it("is the preamble of the format and the hash of the message", () => {
    const hash = createHash("sha256").update("message").digest("hex");
    const data = signedData(Buffer.from("message"), { namespace: "ns", hash: "sha256" });
    expect(data.toString("hex")).toBe(
      `${Buffer.from("SSHSIG").toString("hex")}000000026e730000000000000006${Buffer.from("sha256").toString("hex")}00000020${hash}`,
    );
  });
});

describe("requireNamespace", () => {
  it.each([
    ["ns", "ns", "none"],
    ["", "ns", "NAMESPACE_EMPTY"],
    ["", "", "NAMESPACE_EMPTY"],
    ["ns\0", "ns\0", "NAMESPACE_BYTES"],
    ["n\u00e9", "n\u00e9", "NAMESPACE_BYTES"],
    ["n\n", "n\n", "NAMESPACE_BYTES"],
    ["NS", "ns", "NAMESPACE_MISMATCH"],
    ["ns2", "ns", "NAMESPACE_MISMATCH"],
    ["n", "ns", "NAMESPACE_MISMATCH"],
  ])("%j where %j is wanted: %s", (given, wanted, code) => {
    expect(codeOf(() => requireNamespace(Buffer.from(given), wanted))).toBe(code);
  });
});
