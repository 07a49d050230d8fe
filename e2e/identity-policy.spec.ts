import { expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";

test("an identity policy is taken from the cloud, written with its findings beside it, simulated, and saved", async ({
  operator,
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
    await operator.getByRole("button", { name: /^Why identity:create_user as domain-manager is/ }).click();
    await expect(operator.getByText(/rule:is_domain_manager and token\.domain\.id/).last()).toBeVisible();
    await expectScreen(operator, "policy that is written");
    await operator.getByLabel("Note").fill("As the cloud has it");
    await operator.getByRole("button", { name: /^Save/ }).click();
    await expect(operator.getByText(/^Revision \d+, saved/)).toBeVisible();
  });
});
