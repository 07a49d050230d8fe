import { connect } from "#db/client.ts";
import { addDocument, addItem, openItem } from "#server/testing/items.ts";
import { expectAccessibleInBothThemes } from "./checks.ts";
import { ownerUrl } from "./console.ts";
import { expect, test } from "./fixtures.ts";

test("an item holds a stage back until a manager has ruled, and the ruling says what it freed", async ({
  running,
  cast,
  operator,
  manager,
  tenants,
}) => {
  const tenant = await tenants.before("1", "ruled");
  const owner = connect(ownerUrl(running.dataDir), { max: 1 });
  const { person } = await (await cast.api("operator")).inbox.session.query({});
  const by = { personId: person.id, at: new Date() };
  const documentId = await addDocument(owner.db, "docs/handoff-story.md", by);
  const row = await addItem(owner.db, {
    documentId,
    code: "R-71",
    kind: "R",
    content: openItem("R-71", "R", "Which network tenants share"),
    ...by,
  });
  const waiting = await addItem(owner.db, {
    documentId,
    code: "H-71",
    kind: "H",
    content: openItem("H-71", "H", "Write the network down"),
    ...by,
  });
  await owner.close();

  await test.step("the operator ties what waits for it and says what it holds back", async () => {
    await operator.goto(`/registers/items/${waiting.id}`);
    await operator.getByRole("button", { name: "Tie to another" }).click();
    await operator.getByRole("textbox", { name: "The other" }).fill("R-71");
    await operator.getByRole("textbox", { name: "Reason" }).fill("It names the network");
    await operator.getByRole("button", { name: "Tie them" }).click();
    await expect(operator.getByText("H-71 waits and cannot close.")).toBeVisible();
    await operator.goto(`/registers/items/${row.id}`);
    await operator.getByRole("button", { name: "Hold something back" }).click();
    await operator.getByRole("textbox", { name: /^Tenant/ }).fill(tenant.slug);
    await operator.getByRole("textbox", { name: "Reason" }).fill("Not before it is ruled");
    await operator.getByRole("button", { name: "Hold it back" }).click();
    await expect(operator.getByText(`the tenant ${tenant.slug}`).first()).toBeVisible();
    await expect(operator.getByText("Your roles do not let you rule").first()).toBeVisible();
  });

  await test.step("the stage is denied, and cites the item and who can rule", async () => {
    await operator.goto(`/tenants/${tenant.id}/stages/1`);
    await expect(operator.getByText(/R-71 is not ruled on, so nothing of this/)).toBeVisible();
    await expect(operator.getByText("Mara Manager can rule.")).toBeVisible();
    await expect(operator.getByRole("button", { name: "Preview" })).toHaveAttribute("aria-disabled", "true");
    await expectAccessibleInBothThemes(operator);
  });

  await test.step("the manager finds it in the inbox and rules", async () => {
    await manager.goto("/inbox");
    await manager.getByRole("link", { name: "Rule: Which network tenants share" }).click();
    await expect(manager.getByText(`Frees H-71. Lets go the tenant ${tenant.slug}.`).first()).toBeVisible();
    await expectAccessibleInBothThemes(manager);
    await manager.getByRole("radio", { name: /^Adopt/ }).check();
    await manager.getByRole("textbox", { name: "Reason" }).fill("One network each");
    await manager.getByRole("button", { name: "Record the ruling" }).click();
    await expect(manager.getByText("Nothing holds back any more:")).toBeVisible();
    await expect(manager.getByText(`May happen again: the tenant ${tenant.slug}.`)).toBeVisible();
    await expect(manager.getByRole("region", { name: "Rulings" })).toContainText("adopted it");
  });

  await test.step("the stage is open again", async () => {
    await operator.goto(`/tenants/${tenant.id}/stages/1`);
    await expect(operator.getByText(/is not ruled on/)).toHaveCount(0);
    await expect(operator.getByRole("button", { name: "Preview" })).not.toHaveAttribute(
      "aria-disabled",
      "true",
    );
  });
});
