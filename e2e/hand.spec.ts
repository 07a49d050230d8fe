import { connect, type Connection } from "#db/client.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { expectScreen } from "./checks.ts";
import { ownerUrl } from "./console.ts";
import { expect, test } from "./fixtures.ts";
import { expectJobState, previewStage, runPlan, stagePath } from "./pages.ts";

let database: Connection;

test.beforeAll(({ cast }) => {
  database = connect(ownerUrl(cast.dataDir), { max: 1 });
});
test.afterAll(() => database.close());

const BY_HAND = `
id: shares
by: hand
kind: check
title: Two people, each with a share
steps:
  - id: first
    title: The first share of {{ tenant.slug }}
    do: |
      Take your share out of the safe.
      Enter it where only you can see it, and write down what the tool says.
    assignee: operator
    evidence:
      progress: { text: What the tool says }
      picture: { file: A picture of the display }
  - id: second
    title: The second share
    do: Enter your share after the first.
    assignee: reviewer
    differs: [ first ]
`;

test("a step by hand waits for its person, takes what is asked for, and is read afterwards", async ({
  operator,
  reviewer,
  tenants,
}) => {
  const tenant = await tenants.start("hand");
  await writeStage(database.db, tenant.id, fenced("block", BY_HAND) + GATE);
  await previewStage(operator, tenant.id, "0");
  await expect(operator.getByText(/^Done by an operator, outside of the console/)).toBeVisible();
  await runPlan(operator);
  await expectJobState(operator, "Waiting for a step by hand");
  const panel = operator.getByRole("region", { name: /^By hand: The first share of hand/ });
  await expect(panel).toContainText("Take your share out of the safe.");
  await panel.getByLabel("What the tool says").fill("-----BEGIN OPENSSH PRIVATE KEY-----");
  await expect(panel.getByText("There is a private key in what you entered")).toBeVisible();
  await panel.getByLabel("What the tool says").fill("1 of 2");
  await panel
    .getByLabel("A picture of the display")
    .setInputFiles({ name: "display.png", mimeType: "image/png", buffer: Buffer.from([0x89, 0x50, 0xff]) });
  await panel.getByLabel("Note").fill("Entered at the console");
  await expectScreen(operator, "step by hand");
  const jobPath = new URL(operator.url()).pathname;
  await reviewer.goto(jobPath);
  await expect(reviewer.getByText("This step is for an operator.")).toBeVisible();
  await panel.getByRole("button", { name: "Attest that it is done" }).click();

  await reviewer.goto("/inbox");
  await reviewer.locator(`a[href^="${jobPath}"]`).first().click();
  const mine = reviewer.getByRole("region", { name: "By hand: The second share" });
  await mine.getByLabel("Note").fill("Entered as well");
  await mine.getByRole("button", { name: "Attest that it is done" }).click();
  await expectJobState(reviewer, "Passed");

  await reviewer.goto(stagePath(tenant.id, "0"));
  const said = reviewer.getByRole("region", { name: "Attested by hand" });
  await expect(said).toContainText("1 of 2");
  await expect(said).toContainText("Entered as well");
  await expect(said.getByRole("link", { name: /display\.png, 3 bytes/ })).toBeVisible();
  await expectScreen(reviewer, "stage attested by hand");
});
