import { expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";
import { expectJobState, previewStage, requestPlan } from "./pages.ts";
import { proveAgain } from "./people.ts";

test("two people let a change run again, which then takes no fresh approval, until two end it", async ({
  manager,
  operator,
  reviewer,
  sql,
  tenants,
}) => {
  test.setTimeout(300_000);
  await tenants.before("2", "pattern");
  const tenant = await tenants.before("1", "again");
  try {
    await test.step("the manager proposes it after a change that was run", async () => {
      await manager.goto("/settings/rules");
      await manager.getByRole("button", { name: "Propose one" }).click();
      const dialog = manager.getByRole("dialog", { name: "Propose a standing approval" });
      const change = dialog.getByLabel("After the change");
      await change.selectOption({
        label:
          (await change
            .getByText(/pattern/)
            .first()
            .textContent()) ?? "",
      });
      await dialog.getByRole("textbox", { name: "Name" }).fill("New tenants");
      await dialog.getByLabel("Uses").fill("3");
      await dialog.getByRole("checkbox", { name: /^For the tenant/ }).uncheck();
      await dialog.getByRole("textbox", { name: "Reason" }).fill("Several every week");
      await expectScreen(manager, "standing approval proposed");
      await dialog.getByRole("button", { name: "Ask a second person" }).click();
      await manager.waitForURL(/\/settings\/proposals\//);
      await reviewer.goto(new URL(manager.url()).pathname);
      await expect(reviewer.getByText("At most 3 uses").first()).toBeVisible();
      await reviewer.getByRole("textbox", { name: "Reason" }).fill("Agreed in the weekly");
      await reviewer.getByRole("button", { name: "Approve", exact: true }).click();
      await proveAgain(reviewer);
      await expect(reviewer.getByRole("region", { name: "Decision" })).toContainText("approved it");
    });

    await test.step("the operator's next one runs under it", async () => {
      await previewStage(operator, tenant.id, "1");
      const jobId = await requestPlan(operator);
      await operator.goto(`/jobs/${jobId}`);
      await expect(operator.getByRole("button", { name: "Compare with the cloud" })).toBeVisible();
      await expectScreen(operator, "job under a standing approval");
      await operator.getByRole("button", { name: "Compare with the cloud" }).click();
      await operator.getByRole("button", { name: "Go on under it" }).click({ timeout: 30_000 });
      await expectJobState(operator, "Passed");
      await operator.getByRole("tab", { name: /Approvals/ }).click();
      await expect(operator.getByText("use 1 of 3")).toBeVisible();
      const decisions = operator.getByRole("region", { name: "Decisions" });
      await expect(decisions).toContainText("To go on under a standing approval");
      await expect(decisions.getByText(/^decision:[0-9a-f]{16}$/).first()).toBeVisible();
    });

    await test.step("the page of the rules counts it, and two people end it", async () => {
      await operator.goto("/settings/rules");
      const section = operator.getByRole("region", { name: "Standing approvals" });
      await expect(section).toContainText("in force, 1 of 3 uses taken");
      await expectScreen(operator, "rules with a standing approval");
      await section.getByRole("button", { name: "Withdraw" }).click();
      const dialog = operator.getByRole("dialog", { name: /Withdraw standing approval/ });
      await dialog.getByRole("textbox", { name: "Reason" }).fill("The season is over");
      await dialog.getByRole("button", { name: "Withdraw" }).click();
      await operator.waitForURL(/\/settings\/proposals\//);
      await reviewer.goto(new URL(operator.url()).pathname);
      await reviewer.getByRole("textbox", { name: "Reason" }).fill("Seen");
      await reviewer.getByRole("button", { name: "Approve", exact: true }).click();
      await proveAgain(reviewer);
      await expect(reviewer.getByRole("region", { name: "Decision" })).toContainText("approved it");
      await operator.goto("/settings/rules");
      await expect(section).toContainText("withdrawn, 1 of 3 uses taken");
    });
  } finally {
    await sql`update standing_approval set valid_until = valid_from + interval '1 second' where withdrawn_at is null`;
  }
});
