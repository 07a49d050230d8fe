import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { checkSetting } from "#db/schema/check.ts";
import { recallItem } from "#db/schema/recall.ts";
import { item } from "#db/schema/register.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { type PublishedRunbook, publishOnboarding } from "#server/testing/published-runbook.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { readTenant } from "../tenant/get.ts";
import { readRecall, recallTenants } from "./recall.ts";

const slug = "tenant-onboarding";
const REASON = "The text named the wrong domain";

let world: JobWorld;
let operator: PersonActor;
let reviewer: PersonActor;
let corrected: PublishedRunbook;
let old: string;
let alsoOld: string;
let young: string;

/** A CHECK on a host at the end of stage 1, so that there is something to run. */
const CHECK = [
  "```yaml block",
  "id: look-again",
  "on: jumphost",
  "as: ops",
  "kind: check",
  "steps:",
  "  - id: look",
  '    env: { BLOCK_TENANT: { word: "{{ tenant.slug }}" } }',
  "    run: |",
  '      getent passwd "$BLOCK_TENANT"',
  "```",
  "",
].join("\n");

beforeAll(async () => {
  world = await openJobWorld();
  operator = await world.person("Olga", "operator");
  reviewer = await world.person("Rita", "reviewer");
  [old, alsoOld, young] = [
    await world.tenant(operator),
    await world.tenant(operator),
    await world.tenant(operator),
  ];
  for (const tenantId of [old, alsoOld]) {
    for (const stageKey of ["0", "1", "2"]) {
      await world.pastJob({ tenantId, requestedBy: operator, stageKey }, "succeeded");
    }
  }
  await world.pastJob({ tenantId: young, requestedBy: operator, stageKey: "1" }, "failed");
  world.advance(1000);
});
afterAll(() => world.close());

const recall = (by: PersonActor, stageHash?: string) =>
  recallTenants(world.ctx(by), {
    slug,
    stageKey: "1",
    stageHash: stageHash ?? corrected.runbook.stages[1]?.hash ?? "",
    reason: REASON,
  });

const affected = async () => {
  const { stages } = await readRecall(world.ctx(reviewer), { slug });
  return stages.map(
    ({ key, affected: rows }) =>
      `${key}: ${rows.map(({ tenant, item: raised }) => `${tenant.slug} ${raised?.code ?? "-"}`).join(", ")}`,
  );
};

it("shows nobody while the newest text is the one that ran", async () => {
  expect(await affected()).toEqual([]);
});

it("shows who ran an older text of exactly the corrected stage", async () => {
  corrected = await publishOnboarding(world.db, {
    at: world.now,
    change: (source) =>
      source.replace('"Client: {{', '"A client: {{').replace(/(?<=\n## Stage 1:[^\n]*\n)/, `\n${CHECK}`),
  });
  expect(await affected()).toEqual(["1: client-1 -, client-2 -"]);
});

it("refuses who may not, an older page, and a stage that is not there, and raises nothing", async () => {
  expect(await refusalOf(recall(reviewer))).toMatchObject({ code: "forbidden" });
  expect(await refusalOf(recall(operator, `sha256:${"0".repeat(64)}`))).toMatchObject({ code: "stale" });
  const wrong = { slug, stageKey: "99", stageHash: "x", reason: REASON };
  expect(await refusalOf(recallTenants(world.ctx(operator), wrong))).toMatchObject({ reason: "not_found" });
  expect(await world.db.$count(item)).toBe(0);
  expect(await world.db.$count(recallItem)).toBe(0);
});

it("raises one V item for each, with the check, once, however often and by however many it is asked for", async () => {
  const answers = await Promise.all([recall(operator), recall(operator), recall(operator)]);
  expect(answers.map(({ raised }) => raised.length).toSorted((a, b) => a - b)).toEqual([0, 0, 2]);
  expect((await recall(operator)).known).toBe(2);
  const items = await world.db.select().from(item).orderBy(item.code);
  expect(items.map(({ kind, state, target }) => ({ kind, state, tenant: target?.tenantSlug }))).toEqual([
    { kind: "V", state: "open", tenant: "client-1" },
    { kind: "V", state: "open", tenant: "client-2" },
  ]);
  expect(items[0]?.words).toContain("getent passwd");
  const settings = await world.db.select().from(checkSetting);
  expect(settings.map(({ content }) => content.target)).toEqual(
    expect.arrayContaining([
      { kind: "tenant", tenantId: old },
      { kind: "tenant", tenantId: alsoOld },
    ]),
  );
  expect(settings[0]?.content.parameters).toEqual([{ name: "BLOCK_TENANT", type: "word" }]);
  expect(await affected()).toEqual([`1: client-1 ${items[0]?.code}, client-2 ${items[1]?.code}`]);
  const told = await world.db.select().from(auditEntry).where(eq(auditEntry.action, "runbook.recall"));
  expect(told.filter(({ outcome }) => outcome === "done")).toHaveLength(4);
});

it("what a tenant ran is refuted for it alone while its item is open, and it is off the list once it ran the new text", async () => {
  const marker = async (tenantId: string) =>
    (await readTenant(world.ctx(operator), { tenantId })).stages[1]?.marker?.refutedBy?.itemId ?? null;
  expect(await marker(old)).not.toBeNull();
  expect(await marker(young)).toBeNull();
  await world.pastJob({ tenantId: old, requestedBy: operator, stageKey: "1", text: corrected }, "succeeded");
  expect(await affected()).toEqual([expect.stringMatching(/^1: client-2 V-\d+$/)]);
});

it("a tenant that is onboarded with the older text afterwards gets one of its own", async () => {
  await world.pastJob({ tenantId: young, requestedBy: operator, stageKey: "1" }, "succeeded");
  const { raised, known } = await recall(operator);
  expect(raised.map(({ tenant }) => tenant)).toEqual(["client-3"]);
  expect(known).toBe(1);
});

it("words alone recall nobody", async () => {
  world.advance(1000);
  await publishOnboarding(world.db, {
    at: world.now,
    change: (source) =>
      source
        .replace('"Client: {{', '"A client: {{')
        .replace(/(?<=\n## Stage 1:[^\n]*\n)/, `\n${CHECK}`)
        .replace(/\n## Stage 1:/, "\nOther words.\n\n## Stage 1:"),
  });
  expect((await recall(operator)).raised).toEqual([]);
});
