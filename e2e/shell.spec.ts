import { connect, type Connection } from "#db/client.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { expectScreen } from "./checks.ts";
import { ownerUrl } from "./console.ts";
import { expect, test } from "./fixtures.ts";
import { approveJob, expectJobState, previewStage, requestPlan, runPlan, stagePath } from "./pages.ts";

let database: Connection;

test.beforeAll(({ cast }) => {
  database = connect(ownerUrl(cast.dataDir), { max: 1 });
});
test.afterAll(() => database.close());

const LOOKS = `
id: looks
on: local
as: runner
kind: check
steps:
  - id: look
    title: Look at the machine
    run: |
      echo "it is here"
      uname -s
    take: { system: { matches: "^(Linux|Darwin)$" } }
    expect: [ system exists ]
`;

const CHANGES = `
id: changes
on: local
as: runner
kind: run
steps:
  - { id: first, title: What goes well, effect: mutate, run: echo first is done }
  - { id: second, title: What goes wrong, effect: mutate, run: "echo no such thing >&2; exit 3" }
  - { id: third, title: What comes after, effect: mutate, run: echo third is done }
`;

test("a check on a host runs alone once two people attest it", async ({
  operator,
  both,
  reviewer,
  tenants,
}) => {
  const tenant = await tenants.start("look");
  await writeStage(database.db, tenant.id, fenced("block", LOOKS) + GATE);
  const stage = stagePath(tenant.id, "0");
  await operator.goto(stage);
  await expect(operator.getByText(/^Waiting for two people\./)).toBeVisible();
  await previewStage(operator, tenant.id, "0");
  // A text that nobody has vouched for may do anything.
  await expect(operator.getByRole("button", { name: "Request approval" })).toBeVisible();
  await expect(operator.getByRole("button", { name: "Run", exact: true })).toHaveCount(0);
  for (const page of [both, reviewer]) {
    await page.goto(stage);
    await page.getByLabel("Reason to attest look").fill("It prints, and changes nothing");
    await page.getByRole("button", { name: "Attest look" }).click();
    await expect(page.getByText("It prints, and changes nothing").last()).toBeVisible();
  }
  await operator.goto(stage);
  await expect(operator.getByText(/^Passed: two people attest exactly this text/)).toBeVisible();
  await previewStage(operator, tenant.id, "0");
  await expectScreen(operator, "check on a host, previewed");
  await runPlan(operator);
  await expectJobState(operator, "Passed");
  await expect(operator.getByText("it is here").first()).toBeVisible();
});

test("after a step has failed a person says how it goes on, and what is left out proves nothing", async ({
  operator,
  reviewer,
  auditor,
  tenants,
}) => {
  const tenant = await tenants.start("fail");
  await writeStage(database.db, tenant.id, fenced("block", CHANGES) + GATE);
  await previewStage(operator, tenant.id, "0");
  const jobId = await requestPlan(operator);
  await reviewer.goto(`/approvals/${jobId}`);
  await expect(reviewer.getByText("echo third is done").first()).toBeVisible();
  await expectScreen(reviewer, "approval of blocks on a host");
  await approveJob(reviewer, jobId);
  await expectJobState(operator, "Failed");

  await auditor.goto(`/jobs/${jobId}`);
  await expect(auditor.getByRole("button", { name: "Record the choice" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  const panel = operator.getByRole("region", { name: "Step second failed" });
  await expect(panel).toContainText("Not done after it: What comes after, and the gate.");
  await panel.getByRole("radio", { name: /Go on without it/ }).check();
  await panel.getByRole("textbox", { name: "Reason" }).fill("Done by hand");
  await expectScreen(operator, "failed step");
  await panel.getByRole("button", { name: "Record the choice" }).click();
  await expect(panel).toContainText("The stage goes on without it");

  await panel.getByRole("link", { name: "Preview the rest" }).click();
  await previewStage(operator, tenant.id, "0");
  await expect(operator.getByText(/^Skipped: Olivia Operator chose so/).first()).toBeVisible();
  const rest = await requestPlan(operator);
  await approveJob(reviewer, rest);
  await expectJobState(operator, "Failed");
  await expect(operator.getByText("third is done").first()).toBeVisible();
  await operator.goto(stagePath(tenant.id, "0"));
  const stage = operator.getByRole("listitem").filter({ hasText: "On hosts" }).first();
  await expect(stage).toContainText("marker: Refuted");
});
