import { describe, expect, it } from "vitest";
import { createTenantSchema, DEFAULT_TENANT_INPUTS, slugSchema, tenantInputsSchema } from "./schema.ts";

const INPUTS = { cidr: "10.20.24.0/24", ...DEFAULT_TENANT_INPUTS };

describe("slugSchema", () => {
  it.each([
    "ab",
    "acme",
    "a1",
    "a-b",
    "acme-2",
    `a${"b".repeat(30)}`,
    "administrator",
    "magnum2",
    "default-2",
  ])("takes %s", (slug) => {
    expect(slugSchema.safeParse(slug).success).toBe(true);
  });

  it.each([
    "",
    "a",
    `a${"b".repeat(31)}`,
    "1acme",
    "-acme",
    "acme-",
    "Acme",
    "ac me",
    "ac_me",
    "ac.me",
    "acme\n",
    "\u00e4cme",
    "ac/me",
    "admin",
    "default",
    "magnum",
    "magnum-x",
    "admin-x",
    "service-domain",
  ])("refuses %j", (slug) => {
    expect(slugSchema.safeParse(slug).success).toBe(false);
  });
});

describe("tenantInputsSchema", () => {
  it.each<[string, object, boolean]>([
    ["the defaults", {}, true],
    ["a number as text, as forms send it", { cores: "8" }, true],
    ["the least", { instances: 1, cores: 1, ramMb: 1, nodeCount: 1 }, true],
    ["the most", { instances: 1000, cores: 10_000, ramMb: 10_000_000, nodeCount: 100 }, true],
    ["no instances", { instances: 0 }, false],
    ["too many instances", { instances: 1001 }, false],
    ["too many cores", { cores: 10_001 }, false],
    ["too much memory", { ramMb: 10_000_001 }, false],
    ["too many nodes", { nodeCount: 101 }, false],
    ["half a core", { cores: 1.5 }, false],
    ["no number", { cores: "many" }, false],
    ["an empty field", { cores: "" }, false],
    ["another base", { cores: "0x10" }, false],
    ["a power of ten", { cores: "1e2" }, false],
    ["a sign", { cores: "-1" }, false],
    ["a truth value", { cores: true }, false],
    ["a list", { cores: [8] }, false],
    ["nothing at all", { cores: null }, false],
    ["no finite number", { cores: Number.POSITIVE_INFINITY }, false],
    ["no network", { cidr: "" }, false],
    ["a field nobody declared", { disk: 1 }, false],
  ])("%s", (_what, change, isGood) => {
    expect(tenantInputsSchema.safeParse({ ...INPUTS, ...change }).success).toBe(isGood);
  });

  it("turns text into numbers", () => {
    expect(tenantInputsSchema.parse({ ...INPUTS, cores: "8" }).cores).toBe(8);
  });
});

describe("createTenantSchema", () => {
  it("wants a cloud's id", () => {
    const cloudId = "6f0c7a52-1111-4000-8000-000000000001";
    expect(createTenantSchema.safeParse({ slug: "acme", cloudId, inputs: INPUTS }).success).toBe(true);
    expect(createTenantSchema.safeParse({ slug: "acme", cloudId: "embedded", inputs: INPUTS }).success).toBe(
      false,
    );
  });
});
