import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { connect, type Connection } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { changeItem, lockItem } from "#server/services/item/change-item.ts";
import { checkItem } from "#server/testing/check-item.ts";
import { addDocument, addItem } from "#server/testing/items.ts";
import { expectAccessibleInBothThemes, expectScreen } from "./checks.ts";
import { ownerUrl } from "./console.ts";
import { expect, test } from "./fixtures.ts";
import { proveAgain } from "./people.ts";

let database: Connection;
const state = { itemId: "" };

test.beforeAll(async ({ cast }) => {
  database = connect(ownerUrl(cast.dataDir), { max: 1 });
  const [who] = await database.db.select({ id: person.id }).from(person).limit(1);
  if (who === undefined) throw new Error("The console has people.");
  const by = { personId: who.id, at: new Date() };
  const documentId = await addDocument(database.db, `docs/checks-${randomUUID()}.md`, by);
  const content = checkItem("V-70001", "echo 'two copies'\nuname -s");
  state.itemId = (await addItem(database.db, { ...by, documentId, code: "V-70001", kind: "V", content })).id;
});
test.afterAll(() => database.close());

async function edit(script: string): Promise<void> {
  await database.db.transaction(async (tx) => {
    const row = await lockItem(tx, state.itemId);
    const set = { content: checkItem(row.code, script) };
    await changeItem(tx, row, { act: "edited", set, seen: null, personId: null, at: new Date() });
  });
}

async function attest(page: Page): Promise<void> {
  await page.goto(`/registers/checks/${state.itemId}`);
  await page.getByLabel("Reason to attest").fill("It prints, and changes nothing");
  await page.getByRole("button", { name: "Attest", exact: true }).click();
  await expect(page.getByLabel("Reason to attest")).toBeVisible();
}

test("two people attest a check, a third runs it, its output is there, and an edit ends the attestation", async ({
  operator,
  both,
  reviewer,
}) => {
  await operator.goto("/registers/checks");
  await operator.getByRole("link", { name: "V-70001", exact: true }).click();
  const run = operator.getByRole("button", { name: "Run", exact: true });
  await expect(operator.getByText(/^Waiting for two people to attest/)).toBeVisible();
  await expect(run).toHaveAttribute("aria-disabled", "true");

  await attest(both);
  await expect(both.getByRole("list", { name: "People who attest it" })).toContainText("Oscar Operator");
  await attest(reviewer);
  await expect(reviewer.getByText(/^Passed: two people attest exactly this block/)).toBeVisible();

  // Announced: the page of the third is not reloaded.
  await expect(operator.getByText(/^Passed: two people attest exactly this block/)).toBeVisible();
  await run.click();
  await expect(operator.getByRole("group", { name: "Output of the run" })).toContainText("two copies");
  await expect(operator.getByText(/Ended with 0, not judged/)).toBeVisible();
  await expect(operator.getByText("Two copies: pass.")).toBeVisible();
  await expectScreen(operator, "check that has run");
  await operator.getByLabel("Reason to record passed").fill("Two copies");
  await operator.getByRole("button", { name: "Record passed" }).click();
  await expect(operator.getByText(/Recorded as passed by Olivia Operator/)).toBeVisible();

  await edit("echo 'two copies' \u202e; rm -rf /");
  await expect(operator.getByText(/^Waiting for two people to attest/)).toBeVisible();
  await expect(run).toHaveAttribute("aria-disabled", "true");
  await expect(operator.getByText("<U+202E>")).toBeVisible();
  await expect(operator.getByText(/^Stale$/).first()).toBeVisible();
  await expect(operator.getByText(/This run was of another block/)).toBeVisible();
  await expect(operator.getByRole("button", { name: "Record passed" })).toHaveCount(0);
  await expectScreen(operator, "check that was edited");
  await operator.goto("/registers/checks");
  await expectScreen(operator, "checks");
});

test("a host takes two people: one asks on the settings page, another agrees", async ({
  operator,
  reviewer,
}) => {
  await operator.goto("/settings/hosts");
  await operator.getByLabel("Name of a new key").fill("story-key");
  await operator.getByRole("button", { name: "Make a key" }).click();
  await expect(operator.getByText(/^ssh-ed25519 /)).toBeVisible();
  await operator.getByRole("button", { name: "Add a host" }).click();
  const dialog = operator.getByRole("dialog", { name: "Add a host" });
  await dialog.getByLabel("Name", { exact: true }).fill("bastion");
  await dialog.getByLabel("Address").fill("bastion.example.org");
  await dialog.getByLabel("Account").fill("ops");
  await dialog
    .getByLabel("The host's own public keys")
    .fill(
      "bastion.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    );
  await dialog.getByLabel("How the console signs in").selectOption({ label: "Key story-key" });
  await dialog.getByLabel("Reason").fill("Checks of the control plane");
  await expectAccessibleInBothThemes(operator);
  await operator.screenshot({ path: "test-results/screens/add a host 1280.png" });
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  await operator.waitForURL(/\/settings\/proposals\//);
  await reviewer.goto(operator.url());
  await reviewer.getByRole("textbox", { name: "Reason" }).fill("Compared the key on the machine");
  await reviewer.getByRole("button", { name: "Approve", exact: true }).click();
  const applied = reviewer.getByText("Passed and applied").first();
  await expect(applied.or(reviewer.getByRole("dialog", { name: "Is it still you?" }))).toBeVisible();
  await proveAgain(reviewer);
  await expect(applied).toBeVisible();
  await operator.goto("/settings/hosts");
  await expect(operator.getByRole("list", { name: "Hosts" })).toContainText("ops@bastion.example.org:22");
  await expectScreen(operator, "hosts");
});
