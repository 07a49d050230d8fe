import type { Page } from "@playwright/test";
import type { SigningKey } from "#server/testing/signing-keys.ts";
import { expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";
import { expectJobState, previewStage, requestPlan } from "./pages.ts";
import { proveAgain } from "./people.ts";
import { downloadOperation, enrolKey } from "./signers.ts";

/** The manager names this person for emergencies on the page of the rules, and the admin agrees. */
async function nameForEmergencies(manager: Page, admin: Page, name: string): Promise<void> {
  await manager.goto("/settings/rules");
  await manager.getByRole("button", { name: "Propose a change" }).click();
  await manager
    .getByRole("region", { name: "Emergencies" })
    .getByRole("checkbox", { name, exact: true })
    .check();
  await expect(manager.getByRole("list", { name: "Before and after" })).toContainText(name);
  await manager.getByRole("group", { name: "Changes" }).getByText("Where it holds").click();
  await expectScreen(manager, "rules, emergencies");
  await manager.getByRole("textbox", { name: "Reason" }).fill("Somebody has to be there at night");
  await manager.getByRole("button", { name: "Ask a second person" }).click();
  await manager.waitForURL(/\/settings\/proposals\//);
  await admin.goto(new URL(manager.url()).pathname);
  await admin.getByRole("textbox", { name: "Reason" }).fill("Agreed in the weekly");
  await admin.getByRole("button", { name: "Approve", exact: true }).click();
  await proveAgain(admin);
  await expect(admin.getByRole("region", { name: "Decision" })).toContainText("approved it");
}

/** Hands in a signature of the job's bytes, as they are downloaded from its page. */
async function sign(page: Page, jobId: string, key: SigningKey): Promise<void> {
  await page.goto(`/approvals/${jobId}#sign`);
  const armored = await key.sign(await downloadOperation(page));
  await page.getByRole("textbox", { name: "Signature" }).fill(armored);
  await page.getByRole("button", { name: "Hand in the signature" }).click();
  const signed = page.getByText("signed exactly this plan");
  await expect(signed.or(page.getByRole("dialog", { name: "Is it still you?" }))).toBeVisible();
  await proveAgain(page);
  await expect(signed).toBeVisible();
}

async function recordFinding(page: Page, note: string): Promise<void> {
  await page.getByRole("button", { name: "Record what I found" }).click();
  const dialog = page.getByRole("dialog", { name: "You have looked at this emergency?" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill(note);
  await dialog.getByRole("button", { name: "Record what I found" }).click();
  await expect(dialog).toBeHidden();
}

test("a listed person lets one plan go; another's key signs, everybody is told until two have looked at it", async ({
  operator,
  reviewer,
  manager,
  admin,
  auditor,
  keys,
  sql,
  tenants,
}) => {
  test.setTimeout(420_000);
  const tenant = await tenants.before("1", "glass");
  const key = await keys.make();
  await enrolKey(admin, reviewer, { owner: "Rita Reviewer", key });
  const banner = (page: Page) => page.getByText(/Olivia Operator broke the glass for job \d+/);
  try {
    await nameForEmergencies(manager, admin, "Olivia Operator");
    await previewStage(operator, tenant.id, "1");
    const jobId = await requestPlan(operator);

    await test.step("only who is named is offered the way around, and it takes a reason", async () => {
      await reviewer.goto(`/jobs/${jobId}`);
      await expectJobState(reviewer, "Waiting");
      await expect(reviewer.getByRole("button", { name: "Go without an approval" })).toHaveCount(0);
      await operator.goto(`/jobs/${jobId}`);
      await operator.getByRole("button", { name: "Go without an approval" }).click();
      const breakIt = operator.getByRole("button", { name: "Break the glass" });
      await expect(breakIt).toHaveAttribute("aria-disabled", "true");
      await expectScreen(operator, "break-glass asked");
      await operator
        .getByRole("textbox", { name: "Why it cannot wait" })
        .fill("Their site is down, and nobody who could approve answers");
      await breakIt.click();
      await expect(
        banner(operator).or(operator.getByRole("dialog", { name: "Is it still you?" })),
      ).toBeVisible();
      await proveAgain(operator);
      await expectJobState(operator, "Waiting for a signature");
    });

    await test.step("every page says so to everybody, and so do the board, the list and the approval", async () => {
      for (const path of ["/inbox", "/runbooks", "/settings/signers", "/audit"]) {
        await auditor.goto(path);
        await expect(banner(auditor), path).toBeVisible();
      }
      await auditor.goto("/jobs");
      await expect(auditor.getByRole("row", { name: new RegExp(tenant.slug) }).first()).toContainText(
        "break-glass",
      );
      await auditor.goto(`/tenants?q=${tenant.slug}`);
      await expect(auditor.getByRole("row", { name: new RegExp(tenant.slug) })).toContainText("break-glass");
      await expectScreen(auditor, "board with break-glass");
      await auditor.goto(`/approvals/${jobId}`);
      await expect(auditor.getByText("Break-glass: Olivia Operator let this go")).toBeVisible();
      await expectScreen(auditor, "approval of break-glass");
    });

    await test.step("the requester cannot sign it; another's key does, and it runs", async () => {
      await operator.goto(`/approvals/${jobId}#sign`);
      await expect(operator.getByRole("button", { name: "Hand in the signature" })).toHaveAttribute(
        "aria-disabled",
        "true",
      );
      await sign(reviewer, jobId, key);
      await operator.goto(`/jobs/${jobId}`);
      await expectJobState(operator, "Passed");
      await expect(operator.getByRole("button", { name: "Record what I found" })).toHaveCount(0);
    });

    await test.step("one look is not enough, in time or late; the second one ends it for everybody", async () => {
      await sql`update break_glass set review_by = now() - interval '1 minute' where job_id = ${jobId}`;
      await auditor.goto("/inbox");
      await expect(banner(auditor)).toContainText("Overdue");
      await expectScreen(auditor, "inbox with overdue break-glass");
      await auditor.getByRole("link", { name: "Look at it" }).first().click();
      await auditor.waitForURL(new RegExp(`/jobs/${jobId}`));
      await recordFinding(auditor, "It was right; the rota gets a second reviewer");
      await expect(auditor.getByText("1 of 2 people have looked at it")).toBeVisible();
      await expect(auditor.getByRole("button", { name: "Record what I found" })).toHaveCount(0);
      await manager.goto(`/jobs/${jobId}`);
      await expect(banner(manager)).toBeVisible();
      await recordFinding(manager, "Agreed with the auditor");
      for (const page of [manager, auditor, operator]) await expect(banner(page)).toBeHidden();
      await expect(manager.getByText("Break-glass: Olivia Operator let this go")).toBeVisible();
      await expect(manager.getByText("Agreed with the auditor")).toBeVisible();
      await expectScreen(manager, "job after break-glass");
    });
  } finally {
    // The next story of this console begins without an open emergency and with the rules as they were.
    await sql`delete from break_glass_review`;
    await sql`delete from break_glass`;
    await sql`delete from approval_rule_set where version > 1`;
  }
});
