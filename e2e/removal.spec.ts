import type { Api } from "#server/demo/api-client.ts";
import { openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { expectScreen } from "./checks.ts";
import { expectRefused, expectState } from "./expectations.ts";
import { expect, test } from "./fixtures.ts";
import { approveJob, expectJobState, previewStage, requestPlan, runPlan } from "./pages.ts";
import { approveThrough, planThrough, requestThrough } from "./requests.ts";
import { enrolKey } from "./signers.ts";

let keys: SigningKeys;
test.beforeAll(async () => {
  keys = await openSigningKeys();
});
test.afterAll(() => keys.close());

/** A third person signs exactly what the job's page offers, with ssh-keygen. */
async function sign(api: Api, jobId: string, key: SigningKey): Promise<void> {
  const { signing } = await api.jobs.get.query({ jobId });
  const message = signing?.operation.message ?? "";
  await api.jobs.sign.mutate({ jobId, armored: await key.sign(message), operation: null });
}

test("a tenant is taken off the cloud whole: audited, in order, typed, approved, signed, and looked for once more", async ({
  operator,
  reviewer,
  admin,
  cast,
  tenants,
  cloud,
}) => {
  test.setTimeout(300_000);
  const key = await keys.make();
  await enrolKey(admin, reviewer, { owner: "Oscar Operator", key });
  const beside = await tenants.start("stays");
  await tenants.pass(beside, ["0", "1", "2"]);
  const tenant = await tenants.start("leaves");
  await tenants.pass(tenant, ["0", "1", "2", "2.5", "3", "4"]);

  await previewStage(operator, tenant.id, "R0");
  const order = operator.getByRole("list", { name: /the order$/ });
  await expect(order.getByRole("listitem").first()).toContainText("router interface");
  await expect(order).toContainText("Neutron refuses to delete a router that has an interface.");
  await expect(order).toContainText("Keystone refuses to delete a domain that is enabled.");
  const audit = await runPlan(operator);
  await expectJobState(operator, "Passed");
  await tenants.looks(tenant, ["R1"]);

  await previewStage(operator, tenant.id, "R2");
  const ask = operator.getByRole("button", { name: "Request approval" });
  await expect(ask).toHaveAttribute("aria-disabled", "true");
  await operator.getByLabel(`Type ${tenant.slug} to ask for it`).fill(beside.slug);
  await expect(ask).toHaveAttribute("aria-disabled", "true");
  const api = await cast.api("operator");
  const { planId, contentDigest } = await planThrough(api, tenant.id, "R2");
  const asked = { planId, contentDigest, reason: "The client leaves", startsOnApproval: true };
  const idempotencyKey = "00000000-0000-4000-8000-0000000000aa";
  await expectRefused(
    api.jobs.request.mutate({ ...asked, idempotencyKey, typedTarget: beside.slug }),
    "target_not_typed",
  );
  const jobId = await requestPlan(operator, { reason: "The client leaves" });
  await approveJob(reviewer, jobId, "Their contract is over");
  await expectJobState(reviewer, "Waiting for a signature");
  const signer = await cast.api("both");
  await sign(signer, jobId, key);
  await expectState(api, jobId, "succeeded");

  await operator.goto(`/tenants/${tenant.id}/stages/R3`);
  const left = operator.getByRole("list", { name: "What is left, in order" });
  await expect(left.locator('[data-thing^="router:"]')).toContainText("Removed");
  await expect(left.locator('[data-thing^="domain:"]')).toContainText("Still there");
  await expectScreen(operator, "removal, half way");

  const last = await requestThrough(api, { tenantId: tenant.id, stageKey: "R3" });
  await approveThrough(await cast.api("reviewer"), last.jobId);
  await sign(signer, last.jobId, key);
  await expectState(api, last.jobId, "succeeded");
  await operator.goto(`/tenants/${tenant.id}/stages/R0`);
  await expect(operator.getByText("Nothing of the tenant is left")).toBeVisible();
  await expectScreen(operator, "removed");

  const token = await cloud.adminToken();
  const domains = await cloud.call("GET", "/identity/v3/domains", { token });
  const text = JSON.stringify(domains.body);
  expect(text).not.toContain(tenant.slug);
  expect(text).toContain(beside.slug);
  expect(audit).not.toBe("");
});
