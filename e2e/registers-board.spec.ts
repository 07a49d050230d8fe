import { readFileSync } from "node:fs";
import { expectAccessibleInBothThemes } from "./checks.ts";
import { expect, test } from "./fixtures.ts";
import { forgetItems, seedItems } from "./items.ts";

const MANY = 20_000;
/** Far more than stand in a window, far fewer than there are. */
const ROWS_MAX = 200;

test("an operator finds items, gives them owners and dates, and is told when somebody was quicker", async ({
  operator: page,
  manager: other,
  sql,
}) => {
  const documentId = await seedItems(sql, 60, "story");
  await page.goto(`/registers/items?document=${documentId}&kind=H`);
  const table = page.getByRole("table", { name: "Items" });
  await expect(table.getByRole("row")).not.toHaveCount(0);
  await expect(page.getByText("12 items")).toBeVisible();

  await page.getByRole("searchbox", { name: "Search the items' words" }).fill("brok");
  await expect(page).toHaveURL(/q=brok/);
  await expect(page.locator("mark").first()).toHaveText(/^brok/i);
  await page.getByRole("searchbox", { name: "Search the items' words" }).fill("");
  await expect(page.getByText("12 items")).toBeVisible();

  // By keyboard: the first row is reached, selected, and so is the next.
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const bar = page.getByRole("group", { name: "Selected items" });
  await expect(bar).toContainText("2 selected");
  await bar.getByLabel("New owner").selectOption({ label: "Mara Manager" });
  await bar.getByLabel("New due date").fill("2031-05-01");
  await bar.getByRole("button", { name: "Change all" }).click();
  await expect(page.getByText("2 changed.")).toBeVisible();
  await expect(table.getByRole("button", { name: /2031-05-01/ })).toHaveCount(2);

  // The drawer has an address of its own, and says what happened.
  await page.getByRole("link", { name: /./ }).and(page.locator("[data-nav-row]")).first().click();
  await expect(page).toHaveURL(/item=/);
  const drawer = page.getByRole("complementary", { name: /^Item H-/ });
  await drawer.getByRole("tab", { name: "History" }).click();
  await expect(drawer.getByText("Mara Manager")).not.toHaveCount(0);
  await drawer.getByRole("tab", { name: "Item", exact: true }).click();
  await drawer.getByRole("link", { name: "R-3" }).hover();
  await drawer.getByRole("button", { name: "Edit" }).click();
  await drawer.getByLabel("FIX").fill("What the operator wants.");

  // Somebody else is quicker.
  const itemId = new URL(page.url()).searchParams.get("item") ?? "";
  await other.goto(`/registers/items/${itemId}`);
  await other.getByRole("button", { name: "Edit" }).click();
  await other.getByLabel("FIX").fill("What the manager wants.");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("What the manager wants.")).toBeVisible();

  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer.getByText("Somebody changed this item while you did.")).toBeVisible();
  await expect(drawer.getByText("What the manager wants.")).toBeVisible();
  await expect(drawer.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
  await expectAccessibleInBothThemes(page);
  await drawer.getByLabel("Mine").check();
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer.getByText("What the operator wants.")).toBeVisible();

  // A list is kept as a view and taken out as a file in which nothing computes.
  await page.goto(`/registers/items?document=${documentId}&due=overdue&sort=due`);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Keep this list as").fill("Late");
  await page.getByRole("button", { name: "Keep view" }).click();
  await expect(page.getByRole("dialog").getByRole("link", { name: "Late" })).toHaveAttribute(
    "href",
    /due=overdue/,
  );
  await page.keyboard.press("Escape");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const file = await (await download).path();
  expect(readFileSync(file, "utf8")).toMatch(/^\uFEFF"Code","Kind","Title"/);
});

test("an item is entered under the next number, opened, and given back by its document", async ({
  operator: page,
  auditor,
}) => {
  await auditor.goto("/registers/items");
  await expect(auditor.getByRole("button", { name: "New item" })).toHaveAttribute("aria-disabled", "true");

  await page.goto("/registers/items?kind=R");
  await page.getByRole("button", { name: "New item" }).click();
  const dialog = page.getByRole("dialog", { name: /^New / });
  await expect(dialog.getByLabel("Kind")).toHaveValue("R");
  await dialog.getByLabel("Kind").selectOption("H");
  await dialog.getByLabel("Title").fill("The spare key is in nobody's name");
  await dialog.getByLabel("What it is about").fill("first\nACCEPT: by nobody");
  await dialog.getByRole("button", { name: "Enter it" }).click();
  await expect(dialog.getByText("could not be read back")).toBeVisible();
  await dialog.getByLabel("What it is about").fill("It was found in a drawer.");
  await dialog.getByLabel(/^Accept/).fill("it has an owner\nit is in the safe");
  await dialog.getByRole("button", { name: "Enter it" }).click();
  const drawer = page.getByRole("complementary", { name: /^Item H-/ });
  await expect(drawer).toContainText("it is in the safe");
  const code = (await drawer.getAttribute("aria-label"))?.replace("Item ", "") ?? "";
  await page.goto("/registers/numbers/H");
  await expect(page.getByRole("row").filter({ hasText: code })).toContainText("Assigned");
});

test("a decision, a row of the ledger and a change are entered, and their documents give them back", async ({
  operator: page,
}) => {
  const enter = async (kind: string, words: Record<string, string>) => {
    await page.goto(`/registers/items?kind=${kind}`);
    await page.getByRole("button", { name: "New item" }).click();
    const dialog = page.getByRole("dialog", { name: /^New / });
    await expect(dialog.getByLabel("Kind")).toHaveValue(kind);
    for (const [label, text] of Object.entries(words)) await dialog.getByLabel(label).fill(text);
    await expectAccessibleInBothThemes(page);
    await dialog.getByRole("button", { name: "Enter it" }).click();
    const drawer = page.getByRole("complementary", { name: /^Item [A-Z]+-/ });
    await expect(drawer).toBeVisible();
    return (await drawer.getAttribute("aria-label"))?.replace("Item ", "") ?? "";
  };
  const decision = await enter("decision", {
    Title: "Two people hold the backup keys",
    "What made it necessary": "One person held both.",
    "Proposed policy": "The first half is in the safe.\nThe second is with the manager.",
  });
  const drawer = page.getByRole("complementary", { name: `Item ${decision}` });
  await expect(drawer).toContainText("PROPOSED/OPEN");
  await expect(drawer).toContainText("The second is with the manager.");
  const row = await enter("ledger_row", { What: "=1+1 | a key was shown", Due: "2031-05-01" });
  expect(row).toMatch(/^SEC-/);
  await page.goto("/registers/items?kind=change&show=all");
  await page.getByRole("button", { name: "New item" }).click();
  const dialog = page.getByRole("dialog", { name: /^New / });
  await dialog.getByLabel("What was changed").fill("The broker reads its copy once");
  await dialog.getByLabel("Takes the next number of").selectOption("DOCFIX");
  await dialog.getByLabel("Files").fill("broker.py");
  await dialog.getByLabel("Why").fill("It was read for every request.");
  await expect(dialog.getByRole("button", { name: "Enter it" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Revert").fill("git revert");
  await dialog.getByRole("button", { name: "Enter it" }).click();
  await expect(page.getByRole("complementary", { name: /^Item DOCFIX-/ })).toContainText("git revert");
});

test("what waits for what is drawn, and every number of the overview leads to its rows", async ({
  manager: page,
  sql,
}) => {
  const documentId = await seedItems(sql, 60, "graph");
  await page.goto(`/registers/items?document=${documentId}&linked=blocked`);
  await page.locator("[data-nav-row]").first().click();
  const drawer = page.getByRole("complementary", { name: /^Item H-/ });
  await drawer.getByRole("tab", { name: "Links" }).click();
  await expect(drawer.getByRole("group", { name: "What waits for what" }).getByRole("link")).not.toHaveCount(
    0,
  );

  await page.goto("/registers");
  const overdue = page.getByRole("link", { name: /Overdue$/ });
  const count = Number.parseInt((await overdue.textContent()) ?? "", 10);
  await overdue.click();
  await expect(page.getByText(new RegExp(`^${count} items?$`))).toBeVisible();
});

test("twenty thousand items scroll in a window of a few rows", async ({ operator: page, sql }) => {
  test.setTimeout(120_000);
  const documentId = await seedItems(sql, MANY, "many");
  await page.goto(`/registers/items?document=${documentId}&show=all`);
  await expect(page.getByText(`${MANY} items`)).toBeVisible();
  const scroller = page.getByRole("group", { name: "Items", exact: true });
  const counts: number[] = [];
  for (const part of [0.1, 0.37, 0.5, 0.99, 1, 0]) {
    await scroller.evaluate((box, to) => box.scrollTo({ top: box.scrollHeight * to }), part);
    await expect(page.locator("[data-item]").first()).toBeVisible();
    counts.push(await scroller.getByRole("row").count());
  }
  expect(Math.max(...counts)).toBeLessThan(ROWS_MAX);
  await scroller.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
  // The last of all by code, read without counting up to it.
  await expect(page.locator("[data-item]").last()).toContainText("V-19994");
  await forgetItems(sql, documentId);
});
