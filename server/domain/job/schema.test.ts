import { describe, expect, it } from "vitest";
import { REASON_MAX_BYTES } from "./limits.ts";
import { approveJobSchema, digestSchema, reasonSchema, requestJobSchema } from "./schema.ts";

const UUID = "6f0c7a52-1111-4000-8000-000000000001";
const DIGEST = `sha256:${"a".repeat(64)}`;

describe("reasonSchema", () => {
  it.each([
    ["one letter", "x", true],
    ["nothing", "", false],
    ["only space", " \n\t", false],
    ["the most bytes", "x".repeat(REASON_MAX_BYTES), true],
    ["one byte more", "x".repeat(REASON_MAX_BYTES + 1), false],
    ["the most bytes in two-byte letters", "\u00e4".repeat(REASON_MAX_BYTES / 2), true],
    ["one letter of two bytes more", "\u00e4".repeat(REASON_MAX_BYTES / 2 + 1), false],
    ["the most bytes between spaces", ` ${"x".repeat(REASON_MAX_BYTES)} `, true],
  ])("%s", (_what, text, isGood) => {
    expect(reasonSchema.safeParse(text).success).toBe(isGood);
  });
});

describe("digestSchema", () => {
  it.each([
    [DIGEST, true],
    ["a".repeat(64), false],
    [`sha256:${"a".repeat(63)}`, false],
    [`sha256:${"a".repeat(65)}`, false],
    [`sha256:${"A".repeat(64)}`, false],
    [`${DIGEST}\n`, false],
  ])("%j", (text, isGood) => {
    expect(digestSchema.safeParse(text).success).toBe(isGood);
  });
});

describe("approveJobSchema", () => {
  const answer = {
    jobId: UUID,
    digest: DIGEST,
    nonce: "n".repeat(16),
    tickedCallIds: ["a.create"],
    reason: "ok",
  };

  it.each<[string, object, boolean]>([
    ["a whole answer", {}, true],
    ["nothing ticked", { tickedCallIds: [] }, true],
    ["the most ticks", { tickedCallIds: Array.from({ length: 200 }, () => "a") }, true],
    ["one tick more", { tickedCallIds: Array.from({ length: 201 }, () => "a") }, false],
    ["a short nonce", { nonce: "n".repeat(15) }, false],
    ["a field nobody declared", { approvedBy: UUID }, false],
    ["no reason", { reason: "" }, false],
  ])("%s", (_what, change, isGood) => {
    expect(approveJobSchema.safeParse({ ...answer, ...change }).success).toBe(isGood);
  });
});

describe("requestJobSchema", () => {
  it("wants a key made once per intention", () => {
    const request = { planId: UUID, contentDigest: DIGEST, reason: "x", startsOnApproval: true };
    expect(requestJobSchema.safeParse({ ...request, idempotencyKey: UUID }).success).toBe(true);
    expect(requestJobSchema.safeParse(request).success).toBe(false);
    expect(requestJobSchema.safeParse({ ...request, idempotencyKey: "again" }).success).toBe(false);
  });
});
