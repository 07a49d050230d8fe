import { describe, expect, it } from "vitest";
import { ed25519Signer, NAMESPACE } from "#server/testing/ssh-signer.ts";
import {
  bytesOf,
  nonceStore,
  readOperationVectors,
  sampleOperation,
  signerOf,
} from "#server/testing/signed-operations.ts";
import type { JournaledObject } from "../effect/classify.ts";
import type { OperationEnvelope } from "./envelope.ts";
import { gateOperation, type OperationIntent } from "./gate.ts";

const { vectors, namespace, signers } = readOperationVectors();
const NOW = new Date("2030-01-15T12:05:00Z");

describe("the vectors", () => {
  it.each(vectors)("$id", async ({ steps }) => {
    const { usedNonce, seen } = nonceStore();
    for (const step of steps) {
      const { class: op, provenance, ...about } = step.intent;
      const journal: JournaledObject[] = provenance?.scratch
        ? [{ objectId: about.guestId, writtenBy: "executor", jobId: "another", event: "scratch" }]
        : [];
      const message = Buffer.from(step.blobBase64, "base64");
      const verdict = await gateOperation({
        intent: { ...about, op, jobId: "job", objectId: about.guestId, journal },
        signed: step.sig === null ? null : { armored: step.sig, message },
        verifier: step.verifierConfigured ? { namespace, signers, hostId: step.hostId } : null,
        now: new Date(step.now),
        usedNonce,
      });
      const { allowed, reason, error, nonceBurned = allowed && reason === "signed" } = step.result;
      expect(verdict).toMatchObject({ isAllowed: allowed, outcome: reason, error });
      expect(verdict.says).not.toBe("");
      expect(seen.size).toBe(nonceBurned ? 1 : 0);
    }
  });
});

const operational = ed25519Signer();
const recovery = ed25519Signer();
const INTENT: OperationIntent = {
  op: "guest_destroy",
  hostId: "cloud-1",
  guestId: "tenant-1",
  params: { purge: true },
  jobId: "job-1",
  objectId: "3f1c",
  journal: [],
};

function present(operation: OperationEnvelope, change: Partial<OperationIntent> = {}, by = operational) {
  const message = bytesOf(operation);
  const { usedNonce, seen } = nonceStore();
  const given = {
    intent: { ...INTENT, ...change },
    signed: { armored: by.sign(message), message },
    verifier: {
      namespace: NAMESPACE,
      signers: [signerOf(operational.line), signerOf(recovery.line, "recovery")],
      hostId: "cloud-1",
    },
    now: NOW,
    usedNonce,
  };
  return { seen, given, again: () => gateOperation(given) };
}

describe("gateOperation", () => {
  it("allows what was signed, once", async () => {
    const { again } = present(sampleOperation());
    const first = await again();
    expect(first).toMatchObject({ isAllowed: true, outcome: "signed", error: null });
    expect(first.steps.map(({ verdict }) => verdict)).toEqual(Array(11).fill("passed"));
    expect(first.verified?.signer.role).toBe("operational");
    expect(await again()).toMatchObject({ isAllowed: false, outcome: "rejected", error: "ErrReplay" });
  });

  it.each<[string, Partial<OperationIntent>]>([
    ["another class", { op: "storage_wipe" }],
    ["another class by case", { op: "Guest_destroy" }],
    ["another host", { hostId: "cloud-2" }],
    ["another guest", { guestId: "tenant-2" }],
    ["the whole host", { guestId: "" }],
    ["a prefix of the guest", { guestId: "tenant-" }],
    ["another value", { params: { purge: false } }],
    ["another type of the same text", { params: { purge: "true" } }],
    ["one parameter more", { params: { purge: true, force: true } }],
    ["none", { params: {} }],
    ["parameters nobody could sign", { params: { purge: true, size: 2 ** 53 } }],
  ])("spends the nonce when what is carried out is %s", async (_what, change) => {
    const { again, seen } = present(sampleOperation(), change);
    const verdict = await again();
    expect(verdict).toMatchObject({ isAllowed: false, outcome: "binding_mismatch", error: null });
    expect(verdict.steps.at(-2)).toMatchObject({ step: "role", verdict: "passed" });
    expect(verdict.steps.at(-1)).toMatchObject({ step: "binding", verdict: "failed", says: verdict.says });
    expect(seen.size).toBe(1);
    expect(await again()).toMatchObject({ outcome: "rejected", error: "ErrReplay" });
  });

  it.each([
    "guest_destroy",
    "storage_wipe",
    "restore_overwrite",
    "decommission",
    "frobnicate",
    "Key_rotation",
  ])("denies a recovery key %s", async (op) => {
    const { again, seen } = present(sampleOperation({ op }), { op }, recovery);
    const verdict = await again();
    expect(verdict).toMatchObject({ isAllowed: false, outcome: "role_denied" });
    expect(verdict.steps.at(-2)).toMatchObject({ step: "role", verdict: "failed", says: verdict.says });
    expect(verdict.steps.at(-1)).toMatchObject({ step: "binding", verdict: "not_reached" });
    expect(seen.size).toBe(1);
    expect(await again()).toMatchObject({ error: "ErrReplay" });
  });

  it.each([
    ["recovery", recovery],
    ["operational", operational],
  ])("lets a key with the role %s rotate keys", async (_role, by) => {
    const op = "key_rotation";
    const { again } = present(sampleOperation({ op }), { op }, by);
    expect(await again()).toMatchObject({ isAllowed: true, outcome: "signed" });
  });

  it("binds a recovery key's rotation as well", async () => {
    const { again } = present(sampleOperation({ op: "key_rotation" }), {}, recovery);
    expect(await again()).toMatchObject({ isAllowed: false, outcome: "binding_mismatch" });
  });

  it("ignores the order of parameters", async () => {
    const signed = sampleOperation({ params: { a: 1, b: { c: [1, 2], d: null } } });
    const { again } = present(signed, { params: { b: { d: null, c: [1, 2] }, a: 1 } });
    expect(await again()).toMatchObject({ isAllowed: true });
  });

  it.each(["start", "stop", "set_config", "create", "restart"])("carries %s out unsigned", async (op) => {
    const { given, seen } = present(sampleOperation(), { op });
    const verdict = await gateOperation({ ...given, signed: null, verifier: null });
    expect(verdict).toMatchObject({ isAllowed: true, outcome: "benign", steps: [], verified: null });
    expect(seen.size).toBe(0);
  });

  it("waits for a signature when there is none, no verifier, or no signer", async () => {
    const { given, seen } = present(sampleOperation());
    const waiting = { isAllowed: false, outcome: "pending_signature", error: null, verified: null };
    expect(await gateOperation({ ...given, signed: null })).toMatchObject(waiting);
    expect(await gateOperation({ ...given, verifier: null })).toMatchObject(waiting);
    const verifier = { ...given.verifier, signers: [] };
    expect(await gateOperation({ ...given, verifier })).toMatchObject(waiting);
    expect(seen.size).toBe(0);
  });

  it("needs no signature for what this job made, and still does for what another made", async () => {
    const made = { objectId: "3f1c", writtenBy: "executor", jobId: "job-1", event: "created" } as const;
    const own = present(sampleOperation(), { journal: [made] });
    expect(await gateOperation({ ...own.given, signed: null })).toMatchObject({ outcome: "benign" });
    const foreign = present(sampleOperation(), { journal: [{ ...made, jobId: "job-2" }] });
    expect(await gateOperation({ ...foreign.given, signed: null })).toMatchObject({
      outcome: "pending_signature",
    });
  });

  it("allows nothing when the nonce cannot be written", async () => {
    const { given } = present(sampleOperation());
    const usedNonce = () => Promise.reject(new Error("disk full"));
    await expect(gateOperation({ ...given, usedNonce })).rejects.toThrow("disk full");
  });
});
