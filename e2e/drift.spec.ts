import { markedDescription } from "#server/operations/identity/tenant-domain.ts";
import { expect, test } from "./fixtures.ts";
import type { EmbeddedCloud } from "./cloud.ts";
import { approveJob, expectJobState, previewStage, requestPlan } from "./pages.ts";
import { expectRefused, expectState } from "./expectations.ts";
import { approveThrough, requestThrough } from "./requests.ts";
import type { TestTenant } from "./tenants.ts";

/** The domain as an earlier run of this tenant would have left it: the same stage would find it already so. */
async function makeOwnDomain(cloud: EmbeddedCloud, tenant: TestTenant): Promise<void> {
  const description = markedDescription(`Client: ${tenant.slug}`, tenant.id);
  await cloud.asAdmin("POST", "/identity/v3/domains", { domain: { name: tenant.slug, description } });
}

const domainsNamed = (cloud: EmbeddedCloud, slug: string) =>
  cloud.names(`/identity/v3/domains?name=${slug}`, "domains");

test("the cloud changes between request and approval: shown, refused, asked again", async ({
  operator,
  reviewer,
  cast,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("1", "drift");
  await previewStage(operator, tenant.id, "1");
  const jobId = await requestPlan(operator);
  await makeOwnDomain(cloud, tenant);

  await test.step("the reviewer sees the difference and cannot approve", async () => {
    await reviewer.goto(`/approvals/${jobId}`);
    await expect(reviewer.getByRole("alert").filter({ hasText: "The cloud has changed since" })).toBeVisible({
      timeout: 30_000,
    });
    const difference = reviewer.getByRole("group", { name: "As asked for beside As it would be now" });
    await expect(difference).toContainText(`Domain ${tenant.slug}`);
    await expect(difference).toContainText("already_so");
    await reviewer.getByRole("textbox", { name: "Reason" }).fill("Never mind");
    await expect(reviewer.getByRole("button", { name: "Approve", exact: true })).toBeDisabled();
    await expectRefused(approveThrough(await cast.api("reviewer"), jobId), "drift");
    await reviewer.getByRole("button", { name: "Refuse", exact: true }).click();
    await expect(reviewer.getByRole("region", { name: "Decision", exact: true })).toContainText("refused");
  });

  await test.step("asked again with the new plan, it is approved and runs", async () => {
    await previewStage(operator, tenant.id, "1");
    await expect(operator.getByText("already so: nothing is sent").first()).toBeVisible();
    const again = await requestPlan(operator);
    await approveJob(reviewer, again);
    await expectJobState(operator, "Passed");
    expect(await domainsNamed(cloud, tenant.slug)).toEqual([tenant.slug]);
  });
});

test("the cloud changes between approval and start: refused before the first call", async ({
  operator,
  cast,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("1", "armed");
  const { jobId } = await requestThrough(await cast.api("operator"), {
    tenantId: tenant.id,
    stageKey: "1",
    startsOnApproval: false,
  });
  await approveThrough(await cast.api("reviewer"), jobId);
  await operator.goto(`/jobs/${jobId}`);
  await expectJobState(operator, "Approved, waiting to be started");

  await makeOwnDomain(cloud, tenant);
  await operator.getByRole("button", { name: "Start" }).click();
  await expectJobState(operator, "Denied before it ran");
  await expect(operator.getByRole("main")).toContainText("Nothing was sent.");
  const difference = operator.getByRole("group", { name: "As approved beside As it would have been" });
  await expect(difference).toContainText("already_so");
  const { journal } = await (await cast.api("auditor")).jobs.get.query({ jobId });
  expect(journal.filter(({ kind }) => kind === "intent")).toEqual([]);
  expect(await cloud.names(`/identity/v3/users?name=${tenant.slug}-domain-admin`, "users")).toEqual([]);
});

test("an approved job that nothing has overtaken starts by the requester's hand", async ({
  operator,
  cast,
  tenants,
}) => {
  const tenant = await tenants.before("1", "byhand");
  const { jobId } = await requestThrough(await cast.api("operator"), {
    tenantId: tenant.id,
    stageKey: "1",
    startsOnApproval: false,
  });
  await approveThrough(await cast.api("reviewer"), jobId);
  await expectRefused((await cast.api("both")).jobs.start.mutate({ jobId }), "not_the_requester");
  await operator.goto(`/jobs/${jobId}`);
  await operator.getByRole("button", { name: "Start" }).click();
  await expectJobState(operator, "Passed");
});

test("somebody else takes the name: the comparison says so and the request cannot be approved", async ({
  reviewer,
  cast,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("1", "taken");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await cloud.asAdmin("POST", "/identity/v3/domains", {
    domain: { name: tenant.slug, description: "Made by hand" },
  });
  await reviewer.goto(`/approvals/${jobId}`);
  await expect(reviewer.getByText("The plan could not be made again").first()).toBeVisible({
    timeout: 30_000,
  });
  await reviewer.getByRole("textbox", { name: "Reason" }).fill("Looks right");
  await expect(reviewer.getByRole("button", { name: "Approve", exact: true })).toBeDisabled();
  await expectRefused(approveThrough(await cast.api("reviewer"), jobId), "blocked");
  await expectState(await cast.api("auditor"), jobId, "awaiting_approval");
});
