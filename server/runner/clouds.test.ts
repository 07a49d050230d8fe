import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cloud } from "#db/schema/cloud.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { refreshClouds } from "./clouds.ts";
import { ABANDONED_AFTER_MS } from "./limits.ts";

const POOL = "10.20.0.0/16";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

async function rowOf(name: string) {
  const [row] = await bench.database.db.select().from(cloud).where(eq(cloud.name, name));
  if (!row) throw new Error(`there is a row for ${name}`);
  return row;
}

function embedded(): CloudConfig {
  const config = bench.parts.clouds.get("embedded");
  if (!config) throw new Error("the embedded cloud is configured");
  return config;
}

/** What a look says of the embedded cloud with another description, and whether the next look has time. */
async function look(change: Partial<CloudConfig>) {
  const clouds = new Map([["embedded", { ...embedded(), ...change }]]);
  const couldAsk = await refreshClouds({ ...bench.parts, clouds }, POOL);
  const { state, says } = await rowOf("embedded");
  return { couldAsk, state, says };
}

it("says why a cloud cannot be used, and that it can again", async () => {
  const away = await look({ authUrl: "https://127.0.0.1:1/v3" });
  expect(away).toMatchObject({ couldAsk: false, state: "unreachable" });
  const lost = await look({ cacertPath: join(import.meta.dirname, "no-such-ca.crt") });
  expect(lost).toMatchObject({ couldAsk: false, state: "ca_problem" });
  expect(lost.says).toContain("does not exist");
  expect(await look({})).toMatchObject({ couldAsk: true, state: "reachable" });
});

it("says of a cloud that no runner keeps fresh that it is gone from the settings", async () => {
  const now = bench.parts.now().getTime();
  const add = (name: string, checkedAt: Date) =>
    bench.database.db.insert(cloud).values({
      id: randomUUID(),
      name,
      authUrl: "https://x/v3",
      tenantPool: POOL,
      state: "reachable",
      says: "Reachable.",
      endpoints: { identity: "https://x/v3" },
      checkedAt,
    });
  await add("removed", new Date(now - ABANDONED_AFTER_MS - 1));
  await add("of-another-runner", new Date(now - ABANDONED_AFTER_MS + 60_000));
  await refreshClouds(bench.parts, POOL);
  expect(await rowOf("removed")).toMatchObject({ state: "unreachable", endpoints: {} });
  expect((await rowOf("removed")).says).toContain("No runner has this cloud in its settings");
  expect(await rowOf("of-another-runner")).toMatchObject({ state: "reachable", says: "Reachable." });
  expect((await rowOf("embedded")).state).toBe("reachable");
});
