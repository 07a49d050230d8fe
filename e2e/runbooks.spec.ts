import { expect, test } from "./fixtures.ts";
import { proveAgain } from "./people.ts";
import { FOREIGN } from "./runbooks.ts";

test.describe.configure({ mode: "serial" });

test("a runbook is written by one, published by two, and read with who changed what", async ({
  operator,
  manager,
  auditor,
}) => {
  await test.step("a draft is begun and says what is wrong while it is written", async () => {
    await operator.goto("/runbooks/tenant-onboarding");
    await operator.getByRole("button", { name: "Edit", exact: true }).click();
    await expect(operator.getByRole("heading", { level: 1 })).toHaveText("Draft of tenant-onboarding");
    const text = operator.getByRole("textbox", { name: "Text of tenant-onboarding" });
    const source = await text.inputValue();
    await text.fill(source.replace("op: identity.roles.resolve", "op: identity.roles.guess"));
    await expect(operator.getByText('The catalogue has no operation "identity.roles.guess".')).toBeVisible();
    await text.fill(source.replace("title: The five roles", "title: The roles of old"));
    await expect(operator.getByText("Nothing was found.")).toBeVisible();
    await operator.getByRole("button", { name: "Save", exact: true }).click();
    await expect(operator.getByText("1 part differs")).toBeVisible();
  });

  await test.step("operations are offered where one is named", async () => {
    const text = operator.getByRole("textbox", { name: "Text of tenant-onboarding" });
    const source = await text.inputValue();
    const at = source.indexOf("op: identity.roles.resolve") + "op: identity.ro".length;
    await text.evaluate((area, caret) => {
      if (area instanceof HTMLTextAreaElement) area.setSelectionRange(caret, caret);
    }, at);
    await text.press("ArrowLeft");
    await expect(operator.getByRole("button", { name: "identity.roles.resolve" })).toBeVisible();
  });

  await test.step("whoever asks does not agree; another does", async () => {
    await operator.getByRole("button", { name: "Ask for publishing" }).click();
    const dialog = operator.getByRole("dialog", { name: "Ask for tenant-onboarding to be published" });
    await dialog.getByLabel("Reason").fill("Old words");
    await dialog.getByRole("button", { name: "Ask for it" }).click();
    await expect(operator.getByRole("heading", { level: 1 })).toHaveText(
      "Publish a new version of tenant-onboarding",
    );
    await expect(operator.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
    await manager.goto(new URL(operator.url()).pathname);
    await manager.getByLabel("Reason").fill("Read it");
    await manager.getByRole("button", { name: /^Approve/ }).click();
    await proveAgain(manager);
    await expect(manager.getByText("approved it")).toBeVisible();
  });

  await test.step("the versions name their people and differ by one block", async () => {
    await auditor.goto("/runbooks/tenant-onboarding/versions");
    await expect(
      auditor.getByText("Olivia Operator wrote it, and published it, Mara Manager agreed"),
    ).toBeVisible();
    await expect(auditor.getByRole("region", { name: "Stage 0, block onboard-00-preflight" })).toContainText(
      "The roles of old",
    );
    await auditor.goto("/runbooks/tenant-onboarding");
    await expect(auditor.getByText("Changed by Olivia Operator")).toHaveCount(1);
    await expect(auditor.getByRole("button", { name: "Edit", exact: true })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
  });
});

test("a runbook from elsewhere is looked at, then kept", async ({ operator, auditor }) => {
  await operator.goto("/runbooks/import");
  await operator.getByLabel("Text", { exact: true }).fill(FOREIGN);
  await expect(operator.getByText("2 stages, 2 blocks, 1 finding, 1 open item")).toBeVisible();
  await expect(operator.getByText('A redirection to /dev/null has lost its ">"')).toBeVisible();
  await operator.getByLabel("Name").fill("guest.md");
  await operator.getByRole("button", { name: "Keep it" }).click();
  await expect(operator.getByRole("heading", { level: 1 })).toHaveText("guest.md");
  await auditor.goto(new URL(operator.url()).pathname);
  await expect(auditor.getByRole("region", { name: "guest-01-project" })).toContainText(
    "On jumphost, as admin",
  );
});
