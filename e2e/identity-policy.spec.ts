import { expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";

test("an identity policy is taken from the cloud, written, simulated, saved, and compared with what the cloud answers", async ({
  operator,
  auditor,
  tenants,
}) => {
  test.setTimeout(120_000);
  const tenant = await tenants.before("2.5", "policy");
  await tenants.looks(tenant, ["F0"]);
  const text = operator.getByRole("textbox", { name: "Override for embedded" });

  await test.step("what the cloud goes by is taken over, and a mistake is told by line and column", async () => {
    await operator.goto("/policy?show=live");
    await operator.getByRole("button", { name: "Take its override as well" }).click();
    await expect(operator.getByText(/^67 rules over \d+ in force$/)).toBeVisible();
    const source = await text.inputValue();
    await text.fill(source.replace("or rule:base_get_user", "or rule:base_get_usr"));
    await expect(operator.getByText(/base_get_usr is not defined/)).toBeVisible();
    await expect(operator.getByRole("button", { name: /^Line \d+:\d+$/ }).first()).toBeVisible();
    await text.fill(source);
    await expect(operator.getByText(/base_get_usr is not defined/)).toHaveCount(0);
  });

  await test.step("who may do what is shown before and after, with the branch that decides", async () => {
    await operator.getByRole("tab", { name: /^Who may do what/ }).click();
    await operator
      .getByRole("button", { name: "identity:create_user as domain-manager: why", exact: true })
      .click();
    await expect(operator.getByText(/rule:is_domain_manager and token\.domain\.id/).last()).toBeVisible();
    await expectScreen(operator, "policy that is written");
    await operator.getByLabel("Note").fill("As the cloud has it");
    await operator.getByRole("button", { name: "Save", exact: true }).click();
    await expect(operator.getByText(/^Revision 1, saved/)).toBeVisible();
  });

  await test.step("the cloud's answers stand beside the simulated ones", async () => {
    await tenants.looks(tenant, ["G0", "A0"]);
    await auditor.goto("/policy?show=cases");
    await expect(auditor.getByText("The cloud answered every question as it was simulated.")).toBeVisible();
    await expect(auditor.getByRole("button", { name: /^Save/ })).toHaveAttribute("aria-disabled", "true");
    await auditor.getByRole("tab", { name: "Roles and accounts" }).click();
    await expect(auditor.getByText(/assignments of the cloud are in the catalogue/)).toBeVisible();
  });
});
