import { expect, test } from "./fixtures.ts";
import { expectJobState, previewStage, requestPlan } from "./pages.ts";
import { requestThrough } from "./requests.ts";

test("a reviewer refuses, and the requester reads why without asking", async ({
  operator,
  reviewer,
  tenants,
}) => {
  const tenant = await tenants.before("1", "refused");
  await previewStage(operator, tenant.id, "1");
  const jobId = await requestPlan(operator);
  await expectJobState(operator, "Waiting for a second person");

  await reviewer.goto(`/approvals/${jobId}`);
  const refuse = reviewer.getByRole("button", { name: "Refuse", exact: true });
  await expect(refuse).toBeDisabled();
  await reviewer.getByRole("textbox", { name: "Reason" }).fill("The client has not signed yet");
  await refuse.click();
  await expect(reviewer.getByRole("region", { name: "Decision", exact: true })).toContainText("refused");

  await expectJobState(operator, "Refused by the reviewer");
  await expect(operator.getByRole("main")).toContainText(
    "Refused by Rita Reviewer: The client has not signed yet",
  );
  // For good: the stage can be asked for again, this request cannot.
  await previewStage(operator, tenant.id, "1");
  await expect(operator.getByRole("button", { name: "Request approval" })).toBeEnabled();
});

test("the requester withdraws, and nobody can decide it any more", async ({
  operator,
  reviewer,
  cast,
  tenants,
}) => {
  const tenant = await tenants.before("1", "withdrawn");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await reviewer.goto(`/approvals/${jobId}`);
  await expect(reviewer.getByRole("region", { name: "Decide", exact: true })).toBeVisible();

  await operator.goto(`/jobs/${jobId}`);
  await operator.getByRole("button", { name: "Withdraw" }).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Wrong week");
  await dialog.getByRole("button", { name: "Withdraw" }).click();
  await expectJobState(operator, "Withdrawn");
  await expect(operator.getByRole("main")).toContainText("Withdrawn: Wrong week");

  // The reviewer's open page follows without a reload.
  await expect(reviewer.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
  await expect(reviewer.getByRole("region", { name: "Decision", exact: true })).toContainText("Withdrawn");
});

test("a request nobody decides in time expires under the eyes of both", async ({
  operator,
  reviewer,
  cast,
  tenants,
  sql,
}) => {
  const tenant = await tenants.before("1", "expired");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await operator.goto(`/jobs/${jobId}`);
  await reviewer.goto(`/approvals/${jobId}`);
  await expectJobState(operator, "Waiting for a second person");

  await sql`update job set expires_at = now() - interval '1 second' where id = ${jobId}`;
  await expectJobState(operator, "Expired");
  await expect(operator.getByRole("main")).toContainText(
    "Nobody decided or started this in time. Nothing was sent.",
  );
  await expect(reviewer.getByRole("region", { name: "Decision", exact: true })).toContainText("Expired");
});
