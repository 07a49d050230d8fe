import { expect, test } from "./fixtures.ts";

test("everything is reached by keys: go, move, open, search, the list of keys", async ({
  auditor,
  tenants,
}) => {
  const tenant = await tenants.start("keys");
  await auditor.goto("/inbox");
  await expect(auditor.getByRole("heading", { level: 1, name: "Inbox" })).toBeVisible();

  for (const [keys, name] of [
    ["g t", "Tenants"],
    ["g j", "Jobs"],
    ["g r", "Runbooks"],
    ["g s", "People"],
    ["g i", "Inbox"],
  ] as const) {
    for (const key of keys.split(" ")) await auditor.keyboard.press(key);
    await expect(auditor.getByRole("heading", { level: 1, name })).toBeVisible();
  }

  await test.step("rows", async () => {
    await auditor.keyboard.press("g");
    await auditor.keyboard.press("t");
    await expect(auditor.getByRole("heading", { level: 1, name: "Tenants" })).toBeVisible();
    await auditor.keyboard.press("/");
    await expect(auditor.getByRole("searchbox", { name: "Search tenants by name" })).toBeFocused();
    await auditor.keyboard.type(tenant.slug);
    const link = auditor.getByRole("link", { name: tenant.slug, exact: true });
    await expect(auditor.getByRole("table", { name: "Tenants" }).getByRole("row")).toHaveCount(2);
    await link.focus();
    await auditor.keyboard.press("k");
    await expect(link).toBeFocused();
    await auditor.keyboard.press("Enter");
    await expect(auditor.getByRole("heading", { level: 1, name: tenant.slug })).toBeVisible();
    await expect(auditor).toHaveURL(/\/stages\/0$/);
  });

  await test.step("the first row by j, then down and up the stages", async () => {
    const stages = auditor.getByRole("navigation", { name: "Stages" }).getByRole("link");
    await auditor.locator("body").click({ position: { x: 1, y: 1 } });
    await auditor.keyboard.press("j");
    await expect(stages.nth(0)).toBeFocused();
    await auditor.keyboard.press("j");
    await expect(stages.nth(1)).toBeFocused();
    await auditor.keyboard.press("k");
    await expect(stages.nth(0)).toBeFocused();
  });

  await test.step("the list of keys", async () => {
    await auditor.keyboard.press("?");
    const overlay = auditor.getByRole("dialog");
    await expect(overlay).toContainText("Next row");
    await expect(overlay).toContainText("Find or do");
    await auditor.keyboard.press("Escape");
    await expect(overlay).toHaveCount(0);
  });
});

test("the palette finds a tenant and goes there", async ({ operator, tenants }) => {
  const tenant = await tenants.start("found");
  await operator.goto("/inbox");
  await expect(operator.getByRole("heading", { level: 1, name: "Inbox" })).toBeVisible();
  await operator.keyboard.press("Control+k");
  const palette = operator.getByRole("dialog", { name: "Find anything or do something" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await operator.keyboard.type(tenant.slug);
  const option = palette.getByRole("option", { name: new RegExp(tenant.slug) });
  await expect(option).toBeVisible();
  await expect(option).toHaveAttribute("aria-selected", "true");
  await operator.keyboard.press("Enter");
  await expect(operator.getByRole("heading", { level: 1, name: tenant.slug })).toBeVisible();
  await expect(palette).toHaveCount(0);
});

test("single keys do nothing while somebody types", async ({ operator }) => {
  await operator.goto("/tenants?new=true");
  const field = operator.getByRole("dialog").getByLabel("Client name");
  await field.click();
  await operator.keyboard.type("gt?j");
  await expect(field).toHaveValue("gt?j");
  await expect(operator).toHaveURL(/\/tenants/);
});
