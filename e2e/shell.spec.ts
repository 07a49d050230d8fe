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

const FAR = `
id: far
on: local
as: runner
kind: run
steps:
  - id: far
    title: What is done where no runner gets
    effect: mutate
    run: echo "changed 3 rows"
    take: { rows: { matches: "^changed ([0-9]+) rows$" } }
    expect: [ rows is "3" ]
`;

test("a block that no runner reaches is approved, run by a person and pasted, and stays marked as pasted", async ({
  operator,
  reviewer,
  tenants,
}) => {
  const tenant = await tenants.start("paste");
  await writeStage(database.db, tenant.id, fenced("block", FAR) + GATE);
  await operator.goto(stagePath(tenant.id, "0"));
  await operator.getByText("A host that the runner cannot reach").click();
  await operator.getByRole("checkbox", { name: /by hand and paste/ }).check();
  await operator.getByRole("button", { name: "Preview", exact: true }).click();
  await expect(operator.getByText("Digest of this plan")).toBeVisible();
  const jobId = await requestPlan(operator);
  await approveJob(reviewer, jobId);
  await expectJobState(operator, "Waiting for a step by hand");
  const panel = operator.getByRole("region", { name: /^By hand: What is done where/ });
  await expect(panel).toContainText('echo "changed 3 rows"');
  const hand = panel.getByRole("button", { name: "Hand in what it printed" });
  await panel.getByLabel("Note").fill("Run over the serial line");
  await panel.getByLabel("What it printed").fill("-----BEGIN OPENSSH PRIVATE KEY-----");
  await panel.getByLabel("Exit code").fill("0");
  await expect(hand).toHaveAttribute("aria-disabled", "true");
  await panel.getByLabel("What it printed").fill("\u001b[31mchanged 3 rows");
  await panel.getByLabel("Exit code").fill("300");
  await expect(hand).toHaveAttribute("aria-disabled", "true");
  await panel.getByLabel("What it printed").fill("changed 3 rows\n");
  await panel.getByLabel("Exit code").fill("0");
  await expectScreen(operator, "block that is pasted");
  await hand.click();
  await expectJobState(operator, "Passed");
  await expect(
    operator.getByText(/ran it and pasted what follows; the console did not run it/),
  ).toBeVisible();
  await operator.goto(stagePath(tenant.id, "0"));
  await expect(operator.getByText(/pasted by Olivia Operator/).first()).toBeVisible();
});
