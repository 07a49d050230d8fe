import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { dumpDatabase } from "#server/testing/database-dump.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { takeNumber } from "./number/take.ts";

let world: JobWorld;
let olga: PersonActor;
let maja: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  maja = await world.person("Maja", "auditor");
});
afterAll(() => world.close());

const TOKEN = `ghp_${"a1B2".repeat(9)}`;
const take = (by: PersonActor, purpose: string) =>
  takeNumber(world.ctx(by), { series: "D", state: "reserved", purpose, number: null, count: 1 });

it("a credential in any text is refused, named by its field, and stands nowhere", async () => {
  const refusal = await take(olga, `for ${TOKEN}`).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "invalid", details: { reason: "token", field: "purpose" } });
  expect(String(refusal)).not.toContain(TOKEN);
  const [entry] = await world.db.select().from(auditEntry).where(eq(auditEntry.outcome, "denied"));
  expect(entry).toMatchObject({ action: "number.take", details: { code: "invalid", reason: "token" } });
  const stored = (await dumpDatabase(world.database)).map(({ row }) => row).join("\n");
  expect(stored).not.toContain(TOKEN);
  expect(await take(olga, "for the private key of the gateway")).toEqual({ ids: ["D-001"] });
});

it("whoever may not do it at all is told that first", async () => {
  expect(await refusalOf(take(maja, TOKEN))).toMatchObject({ reason: "role_missing" });
});
