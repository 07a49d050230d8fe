import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloud } from "#db/schema/cloud.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { createTenant } from "./create.ts";

const COUNTS = { instances: 10, cores: 20, ramMb: 51_200, nodeCount: 1 };

let world: JobWorld;
let operator: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  operator = await world.person("Olga", "operator");
  await create("taken", "10.20.100.0/24");
});
afterAll(() => world.close());

function create(slug: string, cidr: string, change: { inputs?: object; top?: object } = {}) {
  const inputs = { ...COUNTS, cidr, ...change.inputs };
  return createTenant(world.ctx(operator), { slug, cloudId: world.cloudId, inputs, ...change.top });
}

const tenants = () => world.db.$count(tenant);

describe("a new tenant", () => {
  it("starts on the newest runbook with what was entered", async () => {
    const { tenantId } = await create("acme", "10.20.24.0/24");
    const [row] = await world.db.select().from(tenant).where(eq(tenant.id, tenantId));
    expect(row).toMatchObject({
      slug: "acme",
      cloudId: world.cloudId,
      runbookVersionId: world.published.versionId,
      inputs: { ...COUNTS, cidr: "10.20.24.0/24" },
      createdBy: operator.personId,
      handedOverAt: null,
    });
  });

  it.each([
    ["the shortest name", "ab"],
    ["the longest name", `a${"b".repeat(30)}`],
    ["digits and hyphens", "a1-b2"],
  ])("may have %s", async (_what, slug) => {
    const third = 30 + (await tenants());
    expect((await create(slug, `10.20.${third}.0/24`)).tenantId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ["nothing", ""],
    ["one character", "a"],
    ["32 characters", "a".repeat(32)],
    ["a digit first", "1acme"],
    ["a hyphen first", "-acme"],
    ["a hyphen last", "acme-"],
    ["a capital", "Acme"],
    ["an underscore", "ac_me"],
    ["a dot", "ac.me"],
    ["a space", "ac me"],
    ["a space around it", " acme2"],
    ["a line end", "acme2\n"],
    ["a look-alike letter", "\u0430cme"],
    ["a slash", "../acme"],
    ["a template", "{{inputs.cidr}}"],
    ["a reserved name", "admin"],
    ["a reserved name of Keystone", "default"],
    ["a reserved beginning", "magnum-x"],
  ])("may not have %s in its name, and nothing is made", async (_what, slug) => {
    const before = await tenants();
    await expect(create(slug, "10.20.101.0/24")).rejects.toMatchObject({
      name: "ZodError",
      issues: [expect.objectContaining({ path: ["slug"] })],
    });
    expect(await tenants()).toBe(before);
  });

  it("may not have the name of another on the same cloud", async () => {
    await expect(create("taken", "10.20.102.0/24")).rejects.toMatchObject({
      code: "conflict",
      message: "A tenant named taken exists on embedded. Nothing was made.",
      details: { reason: "exists", field: "slug" },
    });
  });

  it.each([
    ["not a network", "hello", /is not a network/],
    ["without a prefix", "10.20.24.0", /is not a network/],
    ["with leading zeros", "10.020.24.0/24", /0 to 255/],
    ["with a part of 256", "10.20.256.0/24", /0 to 255/],
    ["with a prefix of 33", "10.20.24.0/33", /prefix/],
    ["of IPv6", "fd00::/64", /is not a network/],
    ["with host bits", "10.20.24.1/24", /host bits set.*10\.20\.24\.0\/24/],
    ["that is too small", "10.20.24.0/29", /tenant network is/],
    ["that is too large", "10.0.0.0/8", /tenant network is/],
    ["outside the pool", "10.21.0.0/24", /outside the tenant pool 10\.20\.0\.0\/16/],
    ["wider than the pool's edge", "192.168.0.0/16", /outside the tenant pool/],
    ["the same as another's", "10.20.100.0/24", /overlaps 10\.20\.100\.0\/24, which taken uses/],
    ["inside another's", "10.20.100.128/25", /overlaps/],
    ["around another's", "10.20.100.0/23", /overlaps/],
    ["that is the whole pool", "10.20.0.0/16", /overlaps/],
  ])("may not have a network %s", async (_what, cidr, says) => {
    const before = await tenants();
    await expect(create(`t-${randomUUID().slice(0, 8)}`, cidr)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(says),
      details: { reason: "cidr", field: "inputs.cidr" },
    });
    expect(await tenants()).toBe(before);
  });

  it.each([
    ["no instances", { instances: 0 }],
    ["half an instance", { instances: 1.5 }],
    ["too many nodes", { nodeCount: 101 }],
    ["no number", { cores: "many" }],
    ["infinity", { ramMb: Infinity }],
    ["an empty network", { cidr: "" }],
    ["a field of its own", { owner: "me" }],
  ])("may not have %s", async (_what, inputs) => {
    await expect(create("bad-inputs", "10.20.103.0/24", { inputs })).rejects.toMatchObject({
      name: "ZodError",
    });
  });

  it.each([
    ["createdBy", { createdBy: randomUUID() }],
    ["handedOverAt", { handedOverAt: null }],
    ["runbookVersionId", { runbookVersionId: randomUUID() }],
  ])("may not bring %s", async (_what, top) => {
    await expect(create("bad-field", "10.20.104.0/24", { top })).rejects.toMatchObject({
      name: "ZodError",
    });
  });

  it("may not be on a cloud that is not there", async () => {
    const act = create("nowhere", "10.20.105.0/24", { top: { cloudId: randomUUID() } });
    expect(await refusalOf(act)).toEqual({ code: "not_found", reason: "not_found" });
  });

  it("may have another cloud's name and network", async () => {
    const cloudId = randomUUID();
    await world.db.insert(cloud).values({
      id: cloudId,
      name: "second",
      authUrl: "https://second.example.org/v3",
      tenantPool: "10.20.0.0/16",
      state: "unreachable",
      says: "Not reachable.",
      endpoints: {},
      checkedAt: world.now,
    });
    expect((await create("taken", "10.20.100.0/24", { top: { cloudId } })).tenantId).toBeTruthy();
  });

  it("made by two at the same moment on one network is made once", async () => {
    for (let round = 0; round < 4; round += 1) {
      const third = 120 + round;
      const results = await Promise.allSettled([
        create(`left-${round}`, `10.20.${third}.0/24`),
        create(`right-${round}`, `10.20.${third}.128/25`),
        create(`middle-${round}`, `10.20.${third}.0/26`),
      ]);
      const { done, refused } = tally(results);
      // The /25 and the /26 do not overlap each other, only the /24.
      expect({ done, refused }).toEqual(
        done === 1 ? { done: 1, refused: ["cidr", "cidr"] } : { done: 2, refused: ["cidr"] },
      );
    }
  });

  it("made by two at the same moment under one name is made once", async () => {
    const results = await Promise.allSettled(
      ["10.20.130.0/24", "10.20.131.0/24", "10.20.132.0/24"].map((cidr) => create("twins", cidr)),
    );
    expect(tally(results)).toEqual({ done: 1, refused: ["exists", "exists"] });
  });
});
