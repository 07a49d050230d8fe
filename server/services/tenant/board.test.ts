import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tenant } from "#db/schema/tenant.ts";
import { testDatabase } from "#server/testing/database.ts";
import { decodeBoardCell } from "#server/domain/board/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson, signInAs } from "#server/testing/people.ts";
import { readBoard } from "./board.ts";
import { readTenant } from "./get.ts";
import { readStage } from "./stage.ts";

let world: JobWorld;
let operator: PersonActor;
let auditor: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  operator = await world.person("Olga", "operator");
  auditor = await world.person("Aurel", "auditor");
});
afterAll(() => world.close());

const statesOf = async (tenantId: string) => {
  const board = await readBoard(world.ctx(operator), { cloudId: world.cloudId });
  return board.tenants
    .find(({ id }) => id === tenantId)
    ?.cells.map((cell) => decodeBoardCell(cell)?.state ?? "locked");
};
const past = (tenantId: string, stageKey: string, state: "succeeded" | "failed" | "outcome_unknown") =>
  world.pastJob({ tenantId, requestedBy: operator, stageKey }, state);

it("shows every tenant with the state of each stage, as the tenant's own page does", async () => {
  const fresh = await world.tenant(operator);
  const waiting = (await world.request(operator)).tenantId;
  const passed = await world.tenant(operator);
  await past(passed, "0", "succeeded");
  const failed = await world.tenant(operator);
  await past(failed, "0", "succeeded");
  await past(failed, "1", "failed");
  const unknown = await world.tenant(operator);
  await past(unknown, "0", "outcome_unknown");
  const fellBack = await world.tenant(operator);
  await past(fellBack, "0", "succeeded");
  await past(fellBack, "1", "succeeded");
  await past(fellBack, "0", "failed");

  const rest = (count: number) => Array<string>(count).fill("locked");
  const expected: [string, string[]][] = [
    [fresh, ["open", ...rest(7)]],
    [waiting, ["waiting", ...rest(7)]],
    [passed, ["passed", "open", ...rest(6)]],
    [failed, ["passed", "failed", ...rest(6)]],
    [unknown, ["unknown", ...rest(7)]],
    [fellBack, ["failed", "passed", ...rest(6)]],
  ];
  for (const [tenantId, states] of expected) {
    expect(await statesOf(tenantId)).toEqual(states);
    const page = await readTenant(world.ctx(auditor), { tenantId });
    expect(page.stages.map(({ progress }) => progress?.state)).toEqual(states);
  }
});

it("shows the job behind a state and since when", async () => {
  const row = await world.request(operator);
  const board = await readBoard(world.ctx(operator), { cloudId: null });
  const cell = board.tenants.find(({ id }) => id === row.tenantId)?.cells[0];
  expect(decodeBoardCell(cell ?? "")).toEqual({
    state: "waiting",
    jobId: row.id,
    at: row.stateChangedAt.getTime(),
    by: board.people.indexOf("Olga"),
    isEmergency: false,
  });
});

it("says to each what they may do there, and why not", async () => {
  const mine = await readBoard(world.ctx(operator), { cloudId: null });
  expect(mine.create).toEqual({ allowed: true, says: null });
  const theirs = await readBoard(world.ctx(auditor), { cloudId: null });
  expect(theirs.create.allowed).toBe(false);
  expect(theirs.create.says).toMatch(/Operator|operator/);
});

it("keeps a handed-over tenant, with every stage closed", async () => {
  const tenantId = await world.tenant(operator);
  await world.db.update(tenant).set({ handedOverAt: world.now }).where(eq(tenant.id, tenantId));
  const board = await readBoard(world.ctx(operator), { cloudId: null });
  expect(board.tenants.find(({ id }) => id === tenantId)?.handedOverAt).toEqual(world.now);
  const stage = await readStage(world.ctx(operator), { tenantId, stageKey: "0" });
  expect(stage.may.preview).toEqual({
    allowed: false,
    says: "This tenant was handed over. The console no longer holds its credentials.",
  });
});

it("falls back to the first cloud for one that is not there", async () => {
  const board = await readBoard(world.ctx(operator), { cloudId: randomUUID() });
  expect(board.cloud?.id).toBe(world.cloudId);
});

it("is empty before the runner named a cloud", async () => {
  const database = await testDatabase();
  const given = { db: database.db, clock: world.clock };
  const who = await addPerson(database.db, { name: "Olga", roles: ["operator"], at: world.now });
  const { actor } = await signInAs(given, who);
  expect(await readBoard({ ...given, actor }, { cloudId: null })).toMatchObject({
    cloud: null,
    tenants: [],
    stages: [],
  });
  await database.close();
});
