import { writeFileSync } from "node:fs";
import { expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";

test.describe.configure({ mode: "serial" });

const PATH = "docs/story.md";
const FIRST =
  "# Handoff -- open items register\n\n## 1. Immediate\n\nH-701 (STORY-001) -- first of the story\n  FIX: do it.\n\nH-702 -- second of the story\n\nlost words\n";

test("a document is looked at, taken over, given back, and asked about when it comes again", async ({
  operator,
  manager,
  auditor,
}, testInfo) => {
  const look = async (text: string) => {
    await operator.goto(`/registers/documents/import?path=${PATH}`);
    const file = testInfo.outputPath("story.md");
    writeFileSync(file, text);
    await operator.getByLabel(/^File/).setInputFiles(file);
    await operator.getByRole("button", { name: "Show what is in it" }).click();
    await expect(operator.getByRole("group", { name: "What was read" })).toBeVisible({ timeout: 30_000 });
  };
  const takeOver = () => operator.getByRole("button", { name: "Take it over" });

  await test.step("what was read is shown before anything is taken over", async () => {
    await look(FIRST);
    const read = operator.getByRole("group", { name: "What was read" });
    await expect(read).toContainText("2 records, 1 lines not understood; new here");
    await expect(read).toContainText("lost words");
    await takeOver().click();
    await expect(operator.getByText(`${PATH} is imported as version 1.`)).toBeVisible();
  });

  await test.step("it comes back byte for byte, for whoever may read", async () => {
    await operator.getByRole("link", { name: "Open it", exact: true }).click();
    await expect(operator.getByRole("heading", { level: 1 })).toHaveText(PATH);
    await expect(operator.getByText("Nothing: it is the same text to the last byte.")).toBeVisible();
    const id = new URL(operator.url()).pathname.split("/").at(-1) ?? "";
    const given = await auditor.request.get(`/api/registers/documents/${id}`);
    expect(await given.text()).toBe(FIRST);
  });

  await test.step("what the document no longer has goes only when a person says so", async () => {
    await look(FIRST.replace("H-702 -- second of the story\n\n", "").replace("first of", "beginning of"));
    await expect(takeOver()).toHaveAttribute("aria-disabled", "true");
    await operator.getByRole("combobox", { name: "What holds for H-702" }).selectOption("theirs");
    await takeOver().click();
    await expect(operator.getByText("0 new, 1 changed, 1 taken out; 0 numbers taken over.")).toBeVisible();
  });

  await test.step("its own words are edited by two at once, merged by lines, and given back in their place", async () => {
    await operator.goto("/registers/documents");
    await operator.getByRole("link", { name: PATH }).click();
    await expectScreen(operator, "document");
    await operator.getByRole("link", { name: "1. Immediate" }).click();
    await expect(operator.getByRole("heading", { level: 1 })).toHaveText("1. Immediate");
    await manager.goto(operator.url());
    const begin = async (page: typeof operator, words: string) => {
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByRole("textbox", { name: "Words" }).fill(words);
    };
    const save = (page: typeof operator) => page.getByRole("button", { name: "Save" }).click();
    await begin(manager, "## 1. Immediate\n\nFrom the top.");
    await begin(operator, "## 1. Immediate\n\nH-703 -- let me in");
    await save(operator);
    await expect(operator.getByText(/Line 3 would be read as H-703/).first()).toBeVisible();
    await operator.getByRole("textbox", { name: "Words" }).fill("## 1. Immediate\n\nFrom the end.");
    await save(operator);
    await expect(operator.getByRole("group", { name: "Words" })).toContainText("From the end.");
    await save(manager);
    await expect(manager.getByText("Somebody changed these words while you did.")).toBeVisible();
    await expectScreen(manager, "words of a document, changed by two");
    await manager.getByLabel("Mine").check();
    await save(manager);
    await expect(manager.getByRole("group", { name: "Words" })).toContainText("From the top.");
    const id = new URL(manager.url()).pathname.split("/").at(-2) ?? "";
    const given = await (await auditor.request.get(`/api/registers/documents/${id}`)).text();
    expect(given).toContain("## 1. Immediate\n\nFrom the top.\n\nH-701");
    await auditor.goto(manager.url());
    await expect(auditor.getByRole("button", { name: "Edit" })).toHaveAttribute("aria-disabled", "true");
  });

  await test.step("an auditor may look at documents, and not import", async () => {
    await auditor.goto("/registers/documents/import");
    await expect(auditor.getByRole("button", { name: "Show what is in it" })).toHaveCount(0);
    await expect(auditor.getByText("import documents into the registers").first()).toBeVisible();
  });
});

test("a number is taken once, moved on, and another is told who has it", async ({ operator, manager }) => {
  const take = async (page: typeof operator, number: string) => {
    await page.goto("/registers/numbers");
    await page.getByRole("button", { name: "Take a number" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Take a number" });
    await dialog.getByLabel("Series").fill("STORY");
    await dialog.getByLabel("What it is for").fill("the story");
    await dialog.getByLabel(/^A certain number/).fill(number);
    await dialog.getByRole("button", { name: "Take it" }).click();
    return dialog;
  };
  await expect(await take(operator, "77")).toContainText("STORY-077 is yours.");
  await expect(await take(manager, "77")).toContainText(
    "STORY-077 is reserved by Olivia Operator for the story.",
  );
  await operator.goto("/registers/numbers/STORY");
  await expect(operator.getByText("Mara Manager wanted STORY-077")).toBeVisible();
  await operator.getByRole("button", { name: "Move on STORY-077" }).click();
  const dialog = operator.getByRole("dialog", { name: "Move STORY-077 on" });
  await dialog.getByLabel("To").selectOption("relinquished");
  await dialog.getByLabel("Reason").fill("not needed");
  await dialog.getByRole("button", { name: "Move it on" }).click();
  await expect(operator.getByRole("group", { name: "Numbers" })).toContainText("Given up");
  await expect(await take(manager, "")).toContainText("STORY-078 is yours.");
});

test("a session is entered into the index, and the lint looks at every document", async ({
  operator,
  manager,
}) => {
  await operator.goto("/registers/sessions");
  await operator.getByRole("button", { name: "Enter a session" }).click();
  const dialog = operator.getByRole("dialog", { name: "Enter a session" });
  await dialog.getByLabel("Label").fill("vault");
  await dialog.getByLabel("Operator").fill("Olivia Operator");
  await dialog.getByLabel("Scope").fill("looked at the pools");
  await dialog.getByRole("button", { name: "Enter it" }).click();
  await expect(dialog).toContainText("Begin the label with");
  await dialog.getByLabel("Label").fill("ops-story");
  await dialog.getByRole("button", { name: "Enter it" }).click();
  await expect(operator.getByRole("group", { name: "Sessions" })).toContainText("ops-story");
  await manager.goto("/registers/lint");
  await expect(manager.getByRole("heading", { name: "Checks" })).toBeVisible();
  await expect(manager.getByText(/17 checks over \d+ documents as they are now/)).toBeVisible();
});
