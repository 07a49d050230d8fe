import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { handRecord } from "#db/schema/hand.ts";
import { item } from "#db/schema/register.ts";
import { tenant, finding } from "#db/schema/tenant.ts";
import type { JobState } from "#server/domain/job/states.ts";
import { decodeProofs, type Proof } from "#server/domain/marker/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { type PublishedRunbook, publishOnboarding } from "#server/testing/published-runbook.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { createItem } from "../item/create.ts";
import { readThrough } from "../runbook/read-through.ts";
import { readRunbookPage } from "../runbook/read.ts";
import { readBoard } from "../tenant/board.ts";
import { readTenant } from "../tenant/get.ts";
import { readStage } from "../tenant/stage.ts";
import { readTable } from "./table.ts";

const SLUG = "tenant-onboarding";

let world: JobWorld;
let operator: PersonActor;
let reviewer: PersonActor;
let first: PublishedRunbook;
/** As the first, but for what stage 1 does. */
let second: PublishedRunbook;

beforeAll(async () => {
  world = await openJobWorld();
  operator = await world.person("Olga", "operator");
  reviewer = await world.person("Rita", "reviewer");
  first = world.published;
  world.advance(1000);
  second = await publishOnboarding(world.db, {
    at: world.now,
    change: (source) => source.replace('"Client: {{', '"The client: {{'),
  });
});
afterAll(() => world.close());

/** A run of a stage in one of the versions, a minute after the one before. */
async function ran(text: PublishedRunbook, of: { tenantId: string; stageKey: string }, state: JobState) {
  world.advance(5_000);
  return world.pastJob({ ...of, requestedBy: operator, text }, state);
}

async function tenantOn(text: PublishedRunbook): Promise<string> {
  const tenantId = await world.tenant(operator);
  await world.db.update(tenant).set({ runbookVersionId: text.versionId }).where(eq(tenant.id, tenantId));
  return tenantId;
}

const short = ({ kind, grade, at }: Proof) => `${kind} ${grade} ${at?.toISOString() ?? "-"}`;

/** What the margin of a tenant's version, the rail, the stage's page and the board say of it. They have to be one. */
async function seen(text: PublishedRunbook, tenantId: string): Promise<string[]> {
  const ctx = world.ctx(operator);
  const page = await readRunbookPage(ctx, { slug: SLUG, versionId: text.versionId });
  const [cloud] = page.markers;
  const columns = cloud?.stages.map(({ marker }) => marker) ?? [];
  const margin = decodeProofs(
    cloud?.tenants.find(({ id }) => id === tenantId)?.proofs ?? "none",
    columns,
  ).map(short);
  const rail = (await readTenant(ctx, { tenantId })).stages.map(({ marker }) =>
    marker ? short(marker) : "none",
  );
  const board = await readBoard(ctx, { cloudId: world.cloudId });
  const cells = decodeProofs(
    board.tenants.find(({ id }) => id === tenantId)?.proofs ?? "none",
    board.stages.flatMap(({ marker }) => (marker ? [marker] : [])),
  ).map(short);
  const stage = await readStage(ctx, { tenantId, stageKey: "1" });
  expect(rail).toEqual(margin);
  expect(cells).toEqual(margin);
  expect(stage.marker && short(stage.marker)).toBe(margin[1]);
  const newest = await readRunbookPage(ctx, { slug: SLUG });
  expect(newest.markers[0]?.stages.map(({ marker }) => marker)).toEqual(
    board.stages.map(({ marker }) => marker),
  );
  return margin;
}

const firstTwo = async (text: PublishedRunbook, tenantId: string) =>
  (await seen(text, tenantId)).slice(0, 3).map((one) => one.split(" ").slice(0, 2).join(" "));

it("is one value wherever it is shown, for two tenants on two versions", async () => {
  expect(second.runbook.stages[1]?.hash).not.toBe(first.runbook.stages[1]?.hash);
  const old = await tenantOn(first);
  const young = await tenantOn(second);
  for (const stageKey of ["0", "1", "2"]) await ran(first, { tenantId: old, stageKey }, "succeeded");
  expect(await firstTwo(first, old)).toEqual(Array(3).fill("validated reproduced_here"));
  expect(await firstTwo(second, young)).toEqual([
    "validated reproduced",
    "corrected_pending none",
    "corrected_pending none",
  ]);
  await ran(second, { tenantId: young, stageKey: "0" }, "succeeded");
  await ran(second, { tenantId: young, stageKey: "1" }, "failed");
  expect(await firstTwo(second, young)).toEqual([
    "validated reproduced_here",
    "refuted none",
    "corrected_pending none",
  ]);
  await ran(second, { tenantId: young, stageKey: "1" }, "succeeded");
  expect(await firstTwo(second, young)).toEqual([
    "validated reproduced_here",
    "validated reproduced_here",
    "corrected_pending none",
  ]);
  expect(await firstTwo(first, old)).toEqual(Array(3).fill("validated reproduced_here"));
});

it("a run of which a person did a part by hand proves nothing of its text", async () => {
  const tenantId = await tenantOn(second);
  const { id: jobId } = await ran(second, { tenantId, stageKey: "1" }, "succeeded");
  expect((await firstTwo(second, tenantId))[1]).toBe("validated reproduced_here");
  await world.db.insert(handRecord).values({
    jobId,
    stepId: "share",
    result: "done",
    personId: operator.personId,
    differsFrom: [],
    at: world.now,
    given: { note: "Entered", texts: {}, files: {} },
  });
  expect((await firstTwo(second, tenantId))[1]).not.toContain("reproduced_here");
});

it("a run whose job was frozen with another text than its version has proves nothing", async () => {
  const tenantId = await tenantOn(second);
  await ran({ ...second, runbook: first.runbook }, { tenantId, stageKey: "1" }, "succeeded");
  const [, marker = ""] = await seen(second, tenantId);
  expect(marker).not.toContain("reproduced_here");
});

it("a problem that a green run found refutes it, and an open item about the stage does until it is settled", async () => {
  const tenantId = await tenantOn(second);
  const row = await ran(second, { tenantId, stageKey: "0" }, "succeeded");
  const isHere = async () => (await firstTwo(second, tenantId))[0];
  expect(await isHere()).toBe("validated reproduced_here");
  const about = {
    tenantId,
    jobId: row.id,
    stageKey: "0",
    stepId: "s",
    says: "It can reach too much.",
    observed: {},
  };
  await world.db
    .insert(finding)
    .values({ id: randomUUID(), ...about, code: "x", severity: "warning", at: world.now });
  expect(await isHere()).toBe("validated reproduced_here");
  await world.db
    .insert(finding)
    .values({ id: randomUUID(), ...about, code: "y", severity: "problem", at: world.now });
  expect(await isHere()).toBe("refuted none");
  await ran(second, { tenantId, stageKey: "0" }, "succeeded");
  expect(await isHere()).toBe("validated reproduced_here");

  const other = await world.tenant(operator);
  const place = { tenantId, stageKey: "0", tenants: "this" as const };
  const enter = async (of: Partial<typeof place> | null, kind: "H" | "R" = "H") => {
    const words = { refs: "", body: "", fix: "", accept: [], check: null, ruleOnResult: "", trigger: "" };
    const said = { kind, title: "Stage 0 does not see everything", ...words };
    const to = { documentId: null, item: said, ownerId: null, dueOn: null };
    return createItem(world.ctx(operator), of === null ? to : { ...to, about: { ...place, ...of } });
  };
  await enter(null);
  await enter({ tenantId: other });
  await enter({ stageKey: "1" });
  expect(await refusalOf(enter({}, "R"))).toMatchObject({ reason: "not_of_a_stage" });
  expect(await refusalOf(enter({ stageKey: "none" }))).toMatchObject({ code: "not_found" });
  expect(await refusalOf(enter({ tenantId: randomUUID() }))).toMatchObject({ code: "not_found" });
  expect(await isHere()).toBe("validated reproduced_here");
  const { itemId } = await enter({});
  expect(await isHere()).toBe("refuted none");
  await world.db.update(item).set({ state: "done", closedAt: world.now }).where(eq(item.id, itemId));
  expect(await isHere()).toBe("validated reproduced_here");
});

it("a stage is read through once somebody else than its writers has read all of it", async () => {
  const stage = first.runbook.stages[1];
  const parts =
    stage?.parts.flatMap((part) =>
      part.kind === "block"
        ? [`block ${part.block.id}`]
        : part.kind === "gate"
          ? [`gate ${part.gate.id}`]
          : [],
    ) ?? [];
  const [part = ""] = parts;
  const third = await publishOnboarding(world.db, {
    at: world.now,
    change: (source) => source.replace('"Client: {{', '"The third: {{'),
    authors: { parts: { [part]: { by: [operator.personId], at: world.now.toISOString() } }, stages: {} },
  });
  const grade = async () => {
    const page = await readRunbookPage(world.ctx(reviewer), { slug: SLUG, versionId: third.versionId });
    const marker = page.markers[0]?.stages[1]?.marker;
    return `${marker?.grade} ${marker?.readBy.join()}`;
  };
  const { versionId } = third;
  const whole = { versionId, stageKey: "1", part: null };
  expect(await refusalOf(readThrough(world.ctx(operator), whole))).toMatchObject({ reason: "own_text" });
  expect(await refusalOf(readThrough(world.ctx(reviewer), { ...whole, stageKey: "9" }))).toMatchObject({
    reason: "not_found",
  });
  expect(
    await refusalOf(readThrough(world.ctx(reviewer), { ...whole, part: "block nowhere" })),
  ).toMatchObject({ reason: "not_found" });
  await readThrough(world.ctx(reviewer), { ...whole, part });
  expect(await grade()).toBe("none ");
  expect(await readThrough(world.ctx(reviewer), whole)).toEqual({ parts });
  expect(await grade()).toBe("read_through Rita");
  // The same blocks on top of another stage are another text.
  const fourth = await publishOnboarding(world.db, {
    at: world.now,
    change: (source) => source.replace('"Client: {{', '"The fourth: {{'),
  });
  const page = await readRunbookPage(world.ctx(reviewer), { slug: SLUG, versionId: fourth.versionId });
  expect(page.markers[0]?.stages.map(({ marker }) => marker.grade).slice(1, 3)).toEqual(["none", "none"]);
});

it("of a runbook that nobody wrote, and for a cloud that is not there, there is no table", async () => {
  const ctx = world.ctx(operator);
  await expect(readTable(ctx, { slug: "no-such-runbook", cloud: null })).rejects.toThrow(
    "There is no runbook that is called no-such-runbook.",
  );
  expect(await refusalOf(readTable(ctx, { slug: "no-such-runbook", cloud: null }))).toMatchObject({
    code: "not_found",
  });
  expect(await refusalOf(readTable(ctx, { slug: SLUG, cloud: "nowhere" }))).toMatchObject({
    code: "not_found",
  });
});
