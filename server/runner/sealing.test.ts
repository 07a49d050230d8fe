import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSealer, SealError } from "./sealing.ts";

const key = randomBytes(32);
const sealer = createSealer(key);
const binding = { id: "row-1", tenantId: "tenant-1", name: "svc_password", version: 1 };

describe("sealing", () => {
  it("opens what it sealed, and never seals the same way twice", () => {
    const first = sealer.seal("correct horse", binding);
    expect(sealer.open(first, binding)).toBe("correct horse");
    expect(Buffer.from(first).equals(Buffer.from(sealer.seal("correct horse", binding)))).toBe(false);
    expect(Buffer.from(first).toString("latin1")).not.toContain("correct horse");
  });

  it.each([
    ["row", { ...binding, id: "row-2" }],
    ["tenant", { ...binding, tenantId: "tenant-2" }],
    ["name", { ...binding, name: "manager_password" }],
    ["version", { ...binding, version: 2 }],
  ])("does not open in another %s", (_what, other) => {
    expect(() => sealer.open(sealer.seal("correct horse", binding), other)).toThrow(SealError);
  });

  it("does not open with another key, changed at any byte, or cut", () => {
    const sealed = Buffer.from(sealer.seal("correct horse", binding));
    expect(() => createSealer(randomBytes(32)).open(sealed, binding)).toThrow(SealError);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => sealer.open(changed, binding)).toThrow(SealError);
      expect(() => sealer.open(sealed.subarray(0, at), binding)).toThrow(SealError);
    }
  });

  it("fingerprints by key and value", () => {
    expect(sealer.fingerprint("a value")).toMatch(/^[0-9a-f]{16}$/);
    expect(createSealer(key).fingerprint("a value")).toBe(sealer.fingerprint("a value"));
    expect(createSealer(randomBytes(32)).fingerprint("a value")).not.toBe(sealer.fingerprint("a value"));
  });

  it("refuses a short key", () => expect(() => createSealer(key.subarray(1))).toThrow(SealError));
});
