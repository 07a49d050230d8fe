import { signIn } from "#server/demo/api-client.ts";
import { expect, test } from "./fixtures.ts";
import { previewStage, requestPlan, tickEveryCall } from "./pages.ts";
import { expectRefused, expectSignedOut, expectState } from "./expectations.ts";
import { approveThrough, readyApproval, requestThrough } from "./requests.ts";

const OWN = "You asked for this change yourself.";

test("nobody approves what they asked for: page, API, second session, batch, database", async ({
  both,
  cast,
  tenants,
  sql,
}) => {
  const tenant = await tenants.before("1", "own");
  await previewStage(both, tenant.id, "1");
  const jobId = await requestPlan(both);

  await test.step("the page has no button for it and says who could", async () => {
    await both.goto(`/approvals/${jobId}`);
    await expect(both.getByText(OWN)).toBeVisible();
    await expect(both.getByText(/Who can: .*Rita Reviewer/)).toBeVisible();
    await expect(both.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
    await expect(both.getByRole("button", { name: "Refuse", exact: true })).toHaveCount(0);
    await expect(both.getByRole("checkbox")).toHaveCount(0);
    await both.goto("/inbox");
    await expect(both.getByRole("list", { name: "Waiting for others" })).toContainText(tenant.slug);
  });

  await test.step("the same person through the API, in this and in another session", async () => {
    const answer = await readyApproval(await cast.api("reviewer"), jobId);
    await expectRefused((await cast.api("both")).jobs.approve.mutate(answer), "self_approval");
    const again = await signIn(cast.origin, cast.person("both"));
    await expectRefused(again.api.jobs.approve.mutate(answer), "self_approval");
    await expectRefused(
      again.api.jobs.reject.mutate({ jobId, digest: answer.digest, reason: "Mine" }),
      "self_approval",
    );
    // Without the role the answer is the same for oneself.
    const operator = await cast.api("operator");
    await expectRefused(operator.jobs.approve.mutate(answer), "role_missing");
  });

  await test.step("several decisions in one request are refused", async () => {
    const answer = await readyApproval(await cast.api("reviewer"), jobId);
    const reviewer = await signIn(cast.origin, cast.person("reviewer"));
    const response = await fetch(`${cast.origin}/api/trpc/jobs.approve,jobs.approve?batch=1`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        cookie: reviewer.cookie,
        origin: cast.origin,
        "x-countersign": "1",
      },
      body: JSON.stringify({ 0: { json: answer }, 1: { json: answer } }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain('"queued"');
  });

  await test.step("and the table itself refuses it, also to its owner", async () => {
    const forged = sql`
      insert into approval (id, job_id, digest, requested_by, person_id, session_id, decision, ticked_call_ids, reason, at)
      select gen_random_uuid(), id, digest, requested_by, requested_by, gen_random_uuid(), 'approve', '[]', 'forged', now()
      from job where id = ${jobId}`;
    await expect(forged).rejects.toThrow(/approval_second_person/);
  });

  const { state, approvals } = await (await cast.api("auditor")).jobs.get.query({ jobId });
  expect({ state, approvals }).toEqual({ state: "awaiting_approval", approvals: [] });
});

test("an approval names exactly the plan on record, every call of it, and nothing else", async ({
  cast,
  tenants,
}) => {
  const tenant = await tenants.before("1", "exact");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  const reviewer = await cast.api("reviewer");
  const request = await reviewer.jobs.get.query({ jobId });
  const early = {
    jobId,
    digest: request.digest,
    nonce: request.nonce,
    tickedCallIds: request.tickable.map(({ callId }) => callId),
    reason: "Too early",
  };
  await expectRefused(reviewer.jobs.approve.mutate(early), "not_rechecked");

  const answer = await readyApproval(reviewer, jobId);
  const other = `sha256:${"0".repeat(64)}`;
  await expectRefused(reviewer.jobs.approve.mutate({ ...answer, digest: other }), "stale");
  await expectRefused(reviewer.jobs.approve.mutate({ ...answer, nonce: "a".repeat(32) }), "stale");
  await expectRefused(
    reviewer.jobs.approve.mutate({ ...answer, tickedCallIds: answer.tickedCallIds.slice(1) }),
    "not_ticked",
  );
  await expectRefused(
    reviewer.jobs.approve.mutate({ ...answer, tickedCallIds: [...answer.tickedCallIds, "another/0"] }),
    "not_ticked",
  );
  await expectRefused(reviewer.jobs.approve.mutate({ ...answer, reason: "  " }), "invalid_input");
  const smuggled: typeof answer = Object.assign({ requestedBy: "somebody else" }, answer);
  await expectRefused(reviewer.jobs.approve.mutate(smuggled), "invalid_input");

  await reviewer.jobs.approve.mutate(answer);
  await expectRefused(reviewer.jobs.approve.mutate(answer), "not_waiting");
  await expectRefused(
    reviewer.jobs.reject.mutate({ jobId, digest: answer.digest, reason: "Too late" }),
    "not_waiting",
  );
});

test("a right that is taken away between the page and the click is gone", async ({ cast, sit, tenants }) => {
  const tenant = await tenants.before("1", "revoked");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  const person = await cast.add("Robin Revoked", ["reviewer"]);
  const page = await sit(person);
  await page.goto(`/approvals/${jobId}`);
  await tickEveryCall(page);
  await page.getByRole("textbox", { name: "Reason" }).fill("Looks right");
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await expect(approve).toBeEnabled({ timeout: 30_000 });

  await (await cast.api("admin")).people.setRoles.mutate({ personId: person.id, roles: [] });
  await approve.click();
  await expect(page.getByRole("main")).toContainText("Your roles do not let you");
  const { state } = await (await cast.api("reviewer")).jobs.get.query({ jobId });
  expect(state).toBe("awaiting_approval");
});

test("what a disabled person asked for cannot be approved", async ({ cast, reviewer, tenants }) => {
  const tenant = await tenants.before("1", "gone");
  const person = await cast.add("Dora Disabled", ["operator"]);
  const { api } = await signIn(cast.origin, person);
  const { jobId } = await requestThrough(api, { tenantId: tenant.id, stageKey: "1" });
  await (await cast.api("admin")).people.disable.mutate({ personId: person.id });

  await expectSignedOut(api.inbox.list.query({}));
  // Refused at once, and cancelled as soon as the runner looks: whichever comes first.
  const error: unknown = await approveThrough(await cast.api("reviewer"), jobId).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    data: { refusal: { reason: expect.stringMatching(/^(?:requester_gone|not_waiting)$/) } },
  });
  const auditor = await cast.api("auditor");
  await expectState(auditor, jobId, "cancelled");
  expect((await auditor.jobs.get.query({ jobId })).approvals).toEqual([]);
  await reviewer.goto(`/approvals/${jobId}`);
  await expect(reviewer.getByRole("main")).toContainText(
    "Dora Disabled asked for this and can no longer sign in. Nothing was sent.",
  );
  await expect(reviewer.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
  await expect(reviewer.getByRole("checkbox")).toHaveCount(0);
});
