import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { draftPreview } from "#db/schema/draft-preview.ts";
import { job } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import { tenantValue } from "#db/schema/tenant.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { requestJob } from "#server/services/job/request.ts";
import { createDraft } from "#server/services/runbook/draft.ts";
import { previewDraft, readDraftPreview } from "#server/services/runbook/draft-preview.ts";
import { getDraft, getDraftSource } from "#server/services/runbook/draft-rows.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import { claimDraftPreview, runDraftPreview } from "./draft-tasks.ts";

let bench: Bench;
let tenantId = "";
let draftId = "";
let source = "";
let tenants = 0;

beforeAll(async () => {
  bench = await openBench({ hasHypervisor: true });
});
beforeEach(async () => {
  tenants += 1;
  tenantId = await bench.addTenant(`draft-${tenants}`, `10.20.${tenants}.0/24`);
  ({ draftId } = await createDraft(ctx(), { slug: "tenant-onboarding" }));
  source = await getDraftSource(db(), await getDraft(db(), draftId));
});
afterAll(() => bench.close());

const db = () => bench.database.db;
const ctx = (actor: PersonActor = bench.operator) => ({ db: db(), actor, clock: bench.parts.now });

async function look(text: string) {
  const { previewId } = await previewDraft(ctx(), { draftId, tenantId, source: text });
  const task = await claimDraftPreview(bench.parts);
  if (previewId === null || task?.id !== previewId) throw new Error("Nothing was to be looked at.");
  await runDraftPreview(bench.parts, task);
  return { previewId, ...(await readDraftPreview(ctx(), { previewId })) };
}

it("shows what each stage of the text as typed would do, by the one planner, and changes and queues nothing", async () => {
  const changes = countChanges(bench.cloud);
  const before = await db().select().from(plan);
  const typed = source.replace("title: Domain {{ tenant.slug }}", "title: As typed {{ tenant.slug }}");
  const seen = await look(typed);
  expect(seen).toMatchObject({ state: "done", tenantSlug: `draft-${tenants}`, cloudName: "embedded" });
  const of = (key: string) => seen.stages?.find((stage) => stage.key === key);
  expect(of("0")).toMatchObject({ state: "ready", effect: "read" });
  // It is not opened by the stages before it: each is looked at by itself.
  expect(of("1")).toMatchObject({ state: "ready", effect: "mutate", says: null });
  expect(of("1")?.plan?.steps[0]).toMatchObject({
    words: { title: `As typed draft-${tenants}` },
    calls: [{ id: "domain.create", method: "POST" }],
  });
  const blocked = seen.stages?.find(({ state }) => state === "blocked");
  expect(blocked?.says).toMatch(/./);
  expect(changes()).toBe(0);
  expect(await db().select().from(plan)).toEqual(before);
  expect(await db().select().from(job).where(eq(job.tenantId, tenantId))).toEqual([]);
  expect(await db().select().from(tenantValue).where(eq(tenantValue.tenantId, tenantId))).toEqual([]);
  // What was shown is no plan: it cannot be asked for.
  const digest = `sha256:${"0".repeat(64)}`;
  const asked = { planId: seen.previewId, contentDigest: digest, reason: "x", startsOnApproval: true };
  expect(
    await refusalOf(requestJob(ctx(), { ...asked, typedTarget: "x", idempotencyKey: crypto.randomUUID() })),
  ).toMatchObject({ code: "not_found" });
  const audit = await db().select().from(auditEntry).where(eq(auditEntry.objectId, draftId));
  expect(audit.find(({ action }) => action === "plan.preview")).toMatchObject({
    outcome: "done",
    details: { isDraft: true, tenantId },
  });
});

it("of a text with errors comes back what is wrong, by line, and nothing is looked at", async () => {
  const text = source.replace("op: identity.domain.ensure", "op: identity.domain.burn");
  const { previewId, diagnostics } = await previewDraft(ctx(), { draftId, tenantId, source: text });
  expect(previewId).toBeNull();
  const line = text.split("\n").findIndex((one) => one.includes("identity.domain.burn")) + 1;
  expect(diagnostics).toContainEqual(expect.objectContaining({ severity: "error", line }));
  expect(await db().select().from(draftPreview).where(eq(draftPreview.tenantId, tenantId))).toEqual([]);
});

it("is refused to whoever may not preview, for another kind of cloud, and for what is not there", async () => {
  const asked = { draftId, tenantId, source };
  expect(await refusalOf(previewDraft(ctx(bench.reviewer), asked))).toMatchObject({ code: "forbidden" });
  const other = source.replace("cloud: openstack", "cloud: hypervisor");
  const { previewId } = await previewDraft(ctx(), { ...asked, source: other }).catch(() => ({
    previewId: null,
  }));
  expect(previewId).toBeNull();
  for (const id of ["draftId", "tenantId"]) {
    const lost = previewDraft(ctx(), { ...asked, [id]: crypto.randomUUID() });
    expect(await refusalOf(lost)).toMatchObject({ code: "not_found" });
  }
});

it("whose runner is gone is taken up by the next one, and told once", async () => {
  const { previewId } = await previewDraft(ctx(), { draftId, tenantId, source });
  if (previewId === null) throw new Error("Nothing was to be looked at.");
  const gone = await bench.otherParts();
  expect(await claimDraftPreview(gone)).toMatchObject({ id: previewId });
  expect(await claimDraftPreview(bench.parts)).toBeNull();
  await db()
    .update(draftPreview)
    .set({ claimedBy: crypto.randomUUID() })
    .where(eq(draftPreview.id, previewId));
  const task = await claimDraftPreview(bench.parts);
  expect(task).toMatchObject({ id: previewId });
  if (task === null) throw new Error("Nothing was taken up.");
  await runDraftPreview(gone, task);
  expect(await readDraftPreview(ctx(), { previewId })).toMatchObject({ state: "requested", stages: null });
  await runDraftPreview(bench.parts, task);
  expect(await readDraftPreview(ctx(), { previewId })).toMatchObject({ state: "done" });
});
