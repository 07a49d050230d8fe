import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { approval, job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { plan } from "#db/schema/plan.ts";
import { tenant } from "#db/schema/tenant.ts";
import {
  PREVIEW_MAX_AGE_MS,
  REASON_MAX_BYTES,
  RECHECK_MAX_AGE_MS,
  REQUEST_TTL_MS,
} from "#server/domain/job/limits.ts";
import { requestDigest } from "#server/domain/plan/digest.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import {
  approvalOf,
  asRead,
  FIRST_STAGE,
  type JobRow,
  type JobWorld,
  openJobWorld,
  type PlanChange,
} from "#server/testing/jobs.ts";
import { addPerson, signInAs } from "#server/testing/people.ts";
import { publishOnboarding } from "#server/testing/published-runbook.ts";
import { type Refusal, refusalOf } from "#server/testing/refusal.ts";
import { disablePerson } from "../person/disable.ts";
import { setRoles } from "../person/set-roles.ts";
import { previewStage } from "../plan/preview.ts";
import { approveJob } from "./approve.ts";
import { cancelJob } from "./cancel.ts";
import { recheckJob } from "./recheck.ts";
import { rejectJob } from "./reject.ts";
import { requestJob } from "./request.ts";
import { resolveJob } from "./resolve.ts";
import { runRead } from "./run-read.ts";
import { startJob } from "./start.ts";
import { withdrawJob } from "./withdraw.ts";

let world: JobWorld;
let operator: PersonActor;
let reviewer: PersonActor;
let both: PersonActor;
let admin: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  operator = await world.person("Olga", "operator");
  reviewer = await world.person("Rita", "reviewer");
  both = await world.person("Bo", "operator", "reviewer");
  admin = await world.person("Ada", "admin");
});

const as = (actor: PersonActor) => world.ctx(actor);
const approve = (actor: PersonActor, row: JobRow, change: object = {}) =>
  approveJob(as(actor), { ...approvalOf(row), ...change });
const stateOf = async (row: JobRow) => (await world.job(row.id)).state;

const drifted: PlanChange = (made) => ({
  ...made,
  steps: made.steps.map((step) => ({ ...step, parameters: { name: "changed" } })),
});
const reworded: PlanChange = (made) => ({
  ...made,
  steps: made.steps.map((step) => ({ ...step, words: { ...step.words, title: "Another title" } })),
});
const destructive: PlanChange = (made) => ({
  ...made,
  steps: made.steps.map((step) => ({
    ...step,
    calls: step.calls.map((call) => ({ ...call, effect: "destroy" as const })),
  })),
});

describe("the way of a change", () => {
  it("is previewed, requested, compared, approved by another person and queued", async () => {
    const row = await world.request(operator);
    expect(row).toMatchObject({ state: "awaiting_approval", effect: "mutate", consumedAt: null });
    expect(row.expiresAt.getTime() - row.requestedAt.getTime()).toBe(REQUEST_TTL_MS);
    await world.recheck(reviewer, row.id);
    expect(await approve(reviewer, row)).toEqual({ state: "queued" });
    expect(await world.job(row.id)).toMatchObject({ state: "queued", queuedAt: world.now });
    const [given] = await world.db.select().from(approval).where(eq(approval.jobId, row.id));
    expect(given).toMatchObject({
      personId: reviewer.personId,
      sessionId: reviewer.sessionId,
      requestedBy: operator.personId,
      digest: row.digest,
      decision: "approve",
      tickedCallIds: ["domain.create", "manager.create"],
    });
  });

  it("freezes the digest over plan, job, nonce and expiry", async () => {
    const row = await world.request(operator);
    const { id: jobId, nonce, expiresAt } = row;
    expect(row.digest).toBe(requestDigest(row.plan, { jobId, nonce, expiresAt }));
    const again = await world.request(operator);
    expect(again.digest).not.toBe(row.digest);
    expect(again.nonce).not.toBe(row.nonce);
  });

  it("waits armed for its requester, who alone starts it", async () => {
    const row = await world.request(operator, { startsOnApproval: false });
    await world.recheck(reviewer, row.id);
    expect(await approve(reviewer, row)).toEqual({ state: "approved" });
    expect(await refusalOf(startJob(as(both), { jobId: row.id }))).toEqual({
      code: "forbidden",
      reason: "not_the_requester",
    });
    expect(await startJob(as(operator), { jobId: row.id })).toEqual({ state: "queued" });
    expect(await refusalOf(startJob(as(operator), { jobId: row.id }))).toMatchObject({ reason: "not_armed" });
  });

  it("does not start what was armed and has expired", async () => {
    const row = await world.request(operator, { startsOnApproval: false });
    await world.recheck(reviewer, row.id);
    await approve(reviewer, row);
    const { actor } = await signInLater(operator, REQUEST_TTL_MS);
    expect(await refusalOf(startJob(as(actor), { jobId: row.id }))).toMatchObject({ reason: "expired" });
    expect(await stateOf(row)).toBe("approved");
  });

  it("ends when it is rejected, for good", async () => {
    const row = await world.request(operator);
    const { id: jobId, digest } = row;
    await rejectJob(as(reviewer), { jobId, digest, reason: "Not this week" });
    expect(await world.job(jobId)).toMatchObject({ state: "rejected", finishedAt: world.now });
    for (const act of [
      () => approve(reviewer, row),
      () => rejectJob(as(both), { jobId, digest, reason: "Again" }),
      () => withdrawJob(as(operator), { jobId, reason: "Late" }),
      () => recheckJob(as(reviewer), { jobId }),
    ]) {
      expect(await refusalOf(act())).toEqual({ code: "conflict", reason: "not_waiting" });
    }
  });

  it.each([true, false])("ends when its requester takes it back (starts on approval: %s)", async (starts) => {
    const row = await world.request(operator, { startsOnApproval: starts });
    expect(await refusalOf(withdrawJob(as(both), { jobId: row.id, reason: "Mine?" }))).toMatchObject({
      reason: "not_the_requester",
    });
    await withdrawJob(as(operator), { jobId: row.id, reason: "Wrong client" });
    expect(await stateOf(row)).toBe("withdrawn");
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "not_waiting" });
  });

  it("opens the stage again after each of these ends", async () => {
    const tenantId = await world.tenant(operator);
    const first = await world.request(operator, { tenantId });
    await rejectJob(as(reviewer), { jobId: first.id, digest: first.digest, reason: "No" });
    const second = await world.request(operator, { tenantId });
    await withdrawJob(as(operator), { jobId: second.id, reason: "No" });
    expect((await world.request(operator, { tenantId })).state).toBe("awaiting_approval");
  });

  it("is cancelled while it waits for the runner", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    await approve(reviewer, row);
    expect(await cancelJob(as(reviewer), { jobId: row.id })).toEqual({ isOver: true });
    expect(await stateOf(row)).toBe("cancelled");
    expect(await refusalOf(cancelJob(as(operator), { jobId: row.id }))).toMatchObject({
      reason: "not_running",
    });
  });
});

describe("the second person", () => {
  it("is not the requester, whatever else he is", async () => {
    const row = await world.request(both);
    await world.recheck(both, row.id);
    const refused = { code: "forbidden", reason: "self_approval" };
    expect(await refusalOf(approve(both, row))).toEqual(refused);
    const { id: jobId, digest } = row;
    expect(await refusalOf(rejectJob(as(both), { jobId, digest, reason: "Mine" }))).toEqual(refused);
    expect(await stateOf(row)).toBe("awaiting_approval");
  });

  it("is not the requester with no right to approve either: told why", async () => {
    const row = await world.request(operator);
    expect(await refusalOf(approve(operator, row))).toEqual({ code: "forbidden", reason: "self_approval" });
  });

  it("is not the requester in a second session", async () => {
    const row = await world.request(both);
    await world.recheck(both, row.id);
    const { actor } = await signInAs(world, { id: both.personId, name: both.name });
    expect(actor.sessionId).not.toBe(both.sessionId);
    expect(await refusalOf(approve(actor, row))).toMatchObject({ reason: "self_approval" });
  });

  it("is not the requester under another name, address or identity", async () => {
    const row = await world.request(both);
    await world.recheck(both, row.id);
    await world.db
      .update(person)
      .set({ name: reviewer.name, oidcIssuer: "https://id.example.org", oidcSubject: randomUUID() })
      .where(eq(person.id, both.personId));
    expect(await refusalOf(approve(both, row))).toMatchObject({ reason: "self_approval" });
    // An actor made up in memory with somebody else's id has no session of that person.
    const forged = { ...both, personId: reviewer.personId };
    expect(await refusalOf(approve(forged, row))).toEqual({ code: "unauthenticated", reason: "signed_out" });
  });

  it("is not one who becomes a reviewer in the request's own words only", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    const pretender: PersonActor = { ...admin, roles: ["reviewer", "admin"] };
    expect(await refusalOf(approve(pretender, row))).toMatchObject({ reason: "role_missing" });
  });

  it.each([
    [
      "lost the role",
      async () => void (await setRoles(as(admin), { personId: reviewer.personId, roles: [] })),
    ],
  ])("is not one who %s between page and click", async (_what, lose) => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    await lose();
    expect(await refusalOf(approve(reviewer, row))).toEqual({ code: "forbidden", reason: "role_missing" });
    expect(await stateOf(row)).toBe("awaiting_approval");
  });

  it("is not one who was disabled between page and click", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    await disablePerson(as(admin), { personId: reviewer.personId });
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "signed_out" });
  });

  it("decides once", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    await approve(reviewer, row);
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "not_waiting" });
    expect(await refusalOf(approve(both, row))).toMatchObject({ reason: "not_waiting" });
  });
});

describe("an approval", () => {
  const STALE: Refusal = { code: "stale", reason: "stale" };
  const NOT_TICKED: Refusal = { code: "conflict", reason: "not_ticked" };

  it.each<[string, Refusal, object]>([
    ["of another digest", STALE, { digest: `sha256:${"0".repeat(64)}` }],
    ["with another nonce", STALE, { nonce: "x".repeat(32) }],
    ["with nothing ticked", NOT_TICKED, { tickedCallIds: [] }],
    ["with one change not ticked", NOT_TICKED, { tickedCallIds: ["domain.create"] }],
    ["with an unknown tick", NOT_TICKED, { tickedCallIds: ["domain.create", "manager.create", "x.delete"] }],
  ])("%s is refused", async (_what, refusal, change) => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    expect(await refusalOf(approve(reviewer, row, change))).toEqual(refusal);
    expect(await stateOf(row)).toBe("awaiting_approval");
  });

  it("needs a comparison with the cloud", async () => {
    const row = await world.request(operator);
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "not_rechecked" });
    await recheckJob(as(reviewer), { jobId: row.id });
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "not_rechecked" });
  });

  it("needs one that is fresh", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    world.advance(RECHECK_MAX_AGE_MS + 1);
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "not_rechecked" });
    await world.recheck(reviewer, row.id);
    world.advance(RECHECK_MAX_AGE_MS);
    expect(await approve(reviewer, row)).toEqual({ state: "queued" });
  });

  it("needs one of this job, not of an equal one", async () => {
    const [row, other] = [await world.request(operator), await world.request(operator)];
    await world.recheck(reviewer, other.id);
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "not_rechecked" });
  });

  it("is refused when the cloud has changed, and not for other words", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id, drifted);
    expect(await refusalOf(approve(reviewer, row))).toEqual({ code: "conflict", reason: "drift" });
    world.advance(1);
    await world.recheck(reviewer, row.id, reworded);
    expect(await approve(reviewer, row)).toEqual({ state: "queued" });
  });

  it.each(["blocked", "failed"] as const)("is refused when the comparison is %s", async (state) => {
    const row = await world.request(operator);
    const planId = await world.recheck(reviewer, row.id);
    await world.db.update(plan).set({ state }).where(eq(plan.id, planId));
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "blocked" });
  });

  it("is refused when its requester can no longer sign in", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    await disablePerson(as(admin), { personId: operator.personId });
    expect(await refusalOf(approve(reviewer, row))).toMatchObject({ reason: "requester_gone" });
  });

  it("is refused from the moment the request expires", async () => {
    const row = await world.request(operator);
    const { actor } = await signInLater(reviewer, REQUEST_TTL_MS);
    await world.recheck(actor, row.id);
    expect(await refusalOf(approve(actor, row))).toMatchObject({ reason: "expired" });
  });

  it.each([
    ["requestedBy", { requestedBy: randomUUID() }],
    ["state", { state: "queued" }],
    ["tenantId", { tenantId: randomUUID() }],
    ["personId", { personId: randomUUID() }],
    ["effect", { effect: "read" }],
    ["__proto__ in JSON", JSON.parse('{"__proto__": {"state": "queued"}}') as object],
  ])("with the field %s is refused whole", async (_what, extra) => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    const input = { ...approvalOf(row) };
    for (const [key, value] of Object.entries(extra)) {
      Object.defineProperty(input, key, { value, enumerable: true });
    }
    await expect(approveJob(as(reviewer), input)).rejects.toMatchObject({ name: "ZodError" });
    expect(await stateOf(row)).toBe("awaiting_approval");
  });

  it.each([
    ["none", ""],
    ["only spaces", " \n\t"],
    ["too many bytes", "\u20ac".repeat(REASON_MAX_BYTES / 3 + 1)],
    ["a NUL", "a\0b"],
    ["half a surrogate pair", "a\ud800b"],
  ])("needs a reason: %s is refused", async (_what, reason) => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    await expect(approve(reviewer, row, { reason })).rejects.toMatchObject({ name: "ZodError" });
  });
});

describe("a request", () => {
  const ask = (
    actor: PersonActor,
    previewed: { planId: string; contentDigest: string },
    change: object = {},
  ) =>
    requestJob(as(actor), {
      ...previewed,
      reason: "Because",
      startsOnApproval: true,
      idempotencyKey: randomUUID(),
      ...change,
    });
  const previewed = async (change?: PlanChange) => {
    const tenantId = await world.tenant(operator);
    return world.preview(operator, { tenantId, ...(change ? { change } : {}) });
  };

  it("of a read-only plan is refused: it is run", async () => {
    expect(await refusalOf(ask(operator, await previewed(asRead)))).toEqual({
      code: "invalid",
      reason: "read_only",
    });
  });

  it("of a destructive plan waits for a second person, and is never run at once", async () => {
    const shown = await previewed(destructive);
    const { jobId } = await ask(operator, shown, { typedTarget: "client" });
    expect(await world.job(jobId)).toMatchObject({ state: "awaiting_approval", effect: "destroy" });
    const other = await previewed(destructive);
    const act = runRead(world.ctx(operator), { ...other, idempotencyKey: randomUUID() });
    expect(await refusalOf(act)).toEqual({ code: "approval_required", reason: "approval_required" });
  });

  it("of a destructive plan is asked for with the tenant's name typed, exactly; of another no name is asked", async () => {
    const shown = await previewed(destructive);
    for (const typedTarget of [undefined, "", "Client", "client ", "clientele", "*"]) {
      const change = typedTarget === undefined ? {} : { typedTarget };
      expect(await refusalOf(ask(operator, shown, change))).toEqual({
        code: "invalid",
        reason: "target_not_typed",
      });
    }
    const rows = await world.db.select({ id: job.id }).from(job).where(eq(job.state, "awaiting_approval"));
    const { jobId } = await ask(operator, shown, { typedTarget: "client" });
    expect(rows.map(({ id }) => id)).not.toContain(jobId);
    await ask(operator, await previewed());
  });

  it.each(["magnum", "default", "heat", "service", "admin-domain"])(
    "of a destructive plan for %s is refused, whatever is typed",
    async (slug) => {
      const shown = await previewed((made) => {
        const plan = destructive(made);
        return { ...plan, tenant: { ...plan.tenant, slug } };
      });
      expect(await refusalOf(ask(operator, shown, { typedTarget: slug }))).toEqual({
        code: "forbidden",
        reason: "protected",
      });
    },
  );

  it("of a destructive plan is approved with the tenant's name typed, exactly", async () => {
    const { jobId } = await ask(operator, await previewed(destructive), { typedTarget: "client" });
    await world.recheck(reviewer, jobId, destructive);
    const answer = approvalOf(await world.job(jobId));
    for (const typedTarget of [undefined, "", "Client", "client "]) {
      const act = approveJob(world.ctx(reviewer), {
        ...answer,
        ...(typedTarget === undefined ? {} : { typedTarget }),
      });
      expect(await refusalOf(act)).toEqual({ code: "invalid", reason: "target_not_typed" });
    }
    await approveJob(world.ctx(reviewer), { ...answer, typedTarget: "client" });
    expect(await world.job(jobId)).toMatchObject({ state: "awaiting_signature" });
  });

  it("keeps a preview for its greatest age and no longer", async () => {
    const [kept, old] = [await previewed(), await previewed()];
    world.advance(PREVIEW_MAX_AGE_MS);
    await ask(operator, kept);
    world.advance(1);
    expect(await refusalOf(ask(operator, old))).toEqual({ code: "stale", reason: "preview_old" });
  });

  it("of one preview with another's digest is refused", async () => {
    const [one, other] = [await previewed(), await previewed()];
    expect(await refusalOf(ask(operator, { ...one, contentDigest: other.contentDigest }))).toEqual({
      code: "stale",
      reason: "stale",
    });
  });

  it("of a preview that is not there, not ready, or a comparison is refused", async () => {
    const ready = await previewed();
    expect(await refusalOf(ask(operator, { ...ready, planId: randomUUID() }))).toEqual({
      code: "not_found",
      reason: "not_found",
    });
    const tenantId = await world.tenant(operator);
    const { planId } = await previewStage(as(operator), { tenantId, stageKey: FIRST_STAGE });
    expect(await refusalOf(ask(operator, { ...ready, planId }))).toMatchObject({ reason: "not_ready" });
    const row = await world.request(operator);
    const comparison = await world.recheck(reviewer, row.id);
    expect(await refusalOf(ask(operator, { ...ready, planId: comparison }))).toMatchObject({
      reason: "not_found",
    });
  });

  it("of a closed stage is refused, and so is its preview", async () => {
    const tenantId = await world.tenant(operator);
    const first = await world.preview(operator, { tenantId });
    const second = await world.preview(operator, { tenantId });
    await ask(operator, first);
    expect(await refusalOf(ask(operator, second))).toEqual({ code: "conflict", reason: "stage_closed" });
    expect(await refusalOf(previewStage(as(operator), { tenantId, stageKey: "1" }))).toMatchObject({
      reason: "stage_closed",
    });
    expect(await refusalOf(previewStage(as(operator), { tenantId, stageKey: "99" }))).toMatchObject({
      reason: "not_found",
    });
  });

  it("for a tenant that was handed over is refused", async () => {
    const tenantId = await world.tenant(operator);
    const made = await world.preview(operator, { tenantId });
    await world.db.update(tenant).set({ handedOverAt: world.now }).where(eq(tenant.id, tenantId));
    expect(await refusalOf(ask(operator, made))).toMatchObject({ reason: "stage_closed" });
  });

  it("of a preview of an older runbook version is refused", async () => {
    const tenantId = await world.tenant(operator);
    const made = await world.preview(operator, { tenantId });
    const newer = await publishOnboarding(world.db, {
      at: world.now,
      change: (source) => `${source}\nOne more sentence ${randomUUID()}.\n`,
    });
    await world.db.update(tenant).set({ runbookVersionId: newer.versionId }).where(eq(tenant.id, tenantId));
    expect(await refusalOf(ask(operator, made))).toEqual({ code: "stale", reason: "runbook_changed" });
  });

  it("with the key of an earlier one finds that job, and refuses another plan", async () => {
    const [one, other] = [await previewed(), await previewed()];
    const idempotencyKey = randomUUID();
    const first = await ask(operator, one, { idempotencyKey });
    expect(await ask(operator, one, { idempotencyKey })).toEqual(first);
    expect(await refusalOf(ask(operator, other, { idempotencyKey }))).toEqual({
      code: "conflict",
      reason: "key_reused",
    });
    const rows = await world.db.select().from(job).where(eq(job.idempotencyKey, idempotencyKey));
    expect(rows.map(({ id }) => id)).toEqual([first.jobId]);
  });

  it.each([["tenantId"], ["digest"], ["state"], ["requestedBy"], ["effect"]])(
    "with the field %s is refused whole",
    async (field) => {
      await expect(ask(operator, await previewed(), { [field]: "x" })).rejects.toMatchObject({
        name: "ZodError",
      });
    },
  );
});

describe("a read", () => {
  const run = (previewed: { planId: string; contentDigest: string }) =>
    runRead(as(operator), { ...previewed, idempotencyKey: randomUUID() });

  it("is queued at once", async () => {
    const tenantId = await world.tenant(operator);
    const { jobId } = await run(await world.preview(operator, { tenantId, change: asRead }));
    expect(await world.job(jobId)).toMatchObject({ state: "queued", effect: "read", queuedAt: world.now });
  });

  it("is not how a change runs", async () => {
    const tenantId = await world.tenant(operator);
    expect(await refusalOf(run(await world.preview(operator, { tenantId })))).toEqual({
      code: "approval_required",
      reason: "approval_required",
    });
  });

  it("is not what calls itself one and holds a call", async () => {
    const tenantId = await world.tenant(operator);
    const change: PlanChange = (made) => ({
      ...made,
      effect: "read",
      steps: made.steps.map((step) => ({ ...step, effect: "read" })),
    });
    const made = await world.preview(operator, { tenantId, change });
    expect(await refusalOf(run(made))).toMatchObject({ reason: "approval_required" });
  });
});

describe("an unknown outcome", () => {
  const settle = (actor: PersonActor, row: JobRow, verdict: "happened" | "partly" = "happened") =>
    resolveJob(as(actor), { jobId: row.id, verdict, reason: "Looked at the cloud" });
  const unknown = async () => {
    const tenantId = await world.tenant(operator);
    return world.pastJob({ tenantId, requestedBy: operator, stageKey: FIRST_STAGE }, "outcome_unknown");
  };

  it("is settled by two people who say the same", async () => {
    const row = await unknown();
    expect(await settle(operator, row)).toEqual({ isSettled: false });
    expect(await refusalOf(settle(operator, row))).toEqual({ code: "forbidden", reason: "same_person" });
    expect((await world.job(row.id)).resolvedAt).toBeNull();
    expect(await settle(reviewer, row, "partly")).toEqual({ isSettled: false });
    expect(await settle(both, row)).toEqual({ isSettled: true });
    expect(await world.job(row.id)).toMatchObject({ resolution: "happened", resolvedAt: world.now });
    expect(await refusalOf(settle(await world.person("Late", "reviewer"), row))).toMatchObject({
      reason: "not_unknown",
    });
  });

  it("closes its stage until then", async () => {
    const row = await unknown();
    const preview = () => previewStage(as(operator), { tenantId: row.tenantId, stageKey: FIRST_STAGE });
    expect(await refusalOf(preview())).toMatchObject({ reason: "stage_closed" });
    await settle(operator, row);
    await settle(reviewer, row);
    expect((await preview()).planId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

it("answers who has no right the same for a job that is there and one that is not", async () => {
  const row = await world.request(operator);
  const manager = await world.person("Mara", "manager");
  const missing = { ...approvalOf(row), jobId: randomUUID() };
  expect(await refusalOf(approveJob(as(manager), missing))).toEqual(
    await refusalOf(approveJob(as(manager), approvalOf(row))),
  );
  expect(await refusalOf(approveJob(as(reviewer), missing))).toEqual({
    code: "not_found",
    reason: "not_found",
  });
});

/** The same person in a new session, after the sessions of before are over. */
async function signInLater(who: PersonActor, ms: number) {
  world.advance(ms);
  return signInAs(world, { id: who.personId, name: who.name });
}

it("lets nobody act who was only made up", async () => {
  const stranger = await addPerson(world.db, { name: "Sid", roles: ["operator"], at: world.now });
  const made: PersonActor = {
    ...operator,
    personId: stranger.id,
    sessionId: randomUUID(),
  };
  expect(await refusalOf(world.request(made))).toMatchObject({ code: "unauthenticated" });
});
