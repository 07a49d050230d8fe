import { expect, test } from "./fixtures.ts";
import { approveJob, expectJobState, previewStage, requestPlan, tickEveryCall } from "./pages.ts";
import { proveAgain } from "./people.ts";
import { requestThrough } from "./requests.ts";

test.describe.configure({ mode: "serial" });

test("two people change the rules, see the last 30 days, and a change then takes two approvals", async ({
  manager,
  admin,
  operator,
  reviewer,
  both,
  cast,
  sql,
  tenants,
}) => {
  const tenant = await tenants.before("1", "rules");

  await test.step("the manager proposes, from before to after", async () => {
    await manager.goto("/settings/rules");
    await manager.getByRole("button", { name: "Propose a change" }).click();
    await manager.getByRole("group", { name: "Changes" }).getByLabel("Approvals").selectOption("2");
    await expect(manager.getByRole("list", { name: "Before and after" })).toContainText(
      "the approvals of 2 other people",
    );
    await expect(manager.getByRole("region", { name: "The last 30 days under these rules" })).toContainText(
      /last 30 days/,
    );
    await manager.getByRole("textbox", { name: "Reason" }).fill("Two pairs of eyes on every change");
    await manager.getByRole("button", { name: "Ask a second person" }).click();
    await manager.waitForURL(/\/settings\/proposals\//);
    await expect(manager.getByText("You asked for this change yourself.").first()).toBeVisible();
    await expect(manager.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
  });

  await test.step("the admin finds it in the inbox and approves it", async () => {
    await admin.goto("/inbox");
    await admin.getByRole("link", { name: "Review: Change the approval rules" }).click();
    await expect(admin.getByRole("region", { name: "What it would have meant" })).toBeVisible();
    await admin.getByRole("textbox", { name: "Reason" }).fill("Agreed in the weekly");
    await admin.getByRole("button", { name: "Approve", exact: true }).click();
    await expect(admin.getByRole("region", { name: "Decision" })).toContainText("approved it");
  });

  try {
    await test.step("one approval is not enough, a second one is", async () => {
      await previewStage(operator, tenant.id, "1");
      await expect(operator.getByText("The approvals of 2 other people.")).toBeVisible();
      const jobId = await requestPlan(operator);
      await reviewer.goto(`/approvals/${jobId}`);
      await tickEveryCall(reviewer);
      await reviewer.getByRole("textbox", { name: "Reason" }).fill("Read");
      const approve = reviewer.getByRole("button", { name: "Approve", exact: true });
      await expect(approve).toBeEnabled({ timeout: 30_000 });
      await approve.click();
      await proveAgain(reviewer);
      await expect(reviewer.getByText("1 of 2 have approved it.")).toBeVisible();
      await operator.goto(`/jobs/${jobId}`);
      await expectJobState(operator, "Waiting");
      await approveJob(both, jobId);
      await operator.goto(`/jobs/${jobId}`);
      await expectJobState(operator, "Passed");
    });
  } finally {
    await sql`delete from approval_rule_set where version > 1`;
  }
  expect((await (await cast.api("manager")).rules.get.query({})).version).toBe(1);
});

test("one person freezes all changes, two lift it", async ({ operator, reviewer, cast, tenants }) => {
  const tenant = await tenants.before("1", "freeze");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await operator.goto("/settings/rules");
  await operator.getByRole("button", { name: "Freeze all changes" }).click();
  const dialog = operator.getByRole("dialog", { name: "Freeze all changes?" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("The cloud behaves oddly");
  await dialog.getByRole("button", { name: "Freeze all changes" }).click();
  const banner = reviewer.getByText("All changes are frozen by Olivia Operator");
  await reviewer.goto(`/approvals/${jobId}`);
  await expect(banner).toBeVisible();
  await tickEveryCall(reviewer);
  await reviewer.getByRole("textbox", { name: "Reason" }).fill("Read");
  const approve = reviewer.getByRole("button", { name: "Approve", exact: true });
  await expect(approve).toBeEnabled({ timeout: 30_000 });
  await approve.click();
  await proveAgain(reviewer);
  await expect(reviewer.getByRole("alert").filter({ hasText: "Nothing was started" })).toBeVisible();

  await operator.goto("/settings/rules");
  await operator.getByRole("button", { name: "Ask to lift it" }).click();
  const lift = operator.getByRole("dialog", { name: "Ask to let changes run again?" });
  await lift.getByRole("textbox", { name: "Reason" }).fill("It was the monitoring");
  await lift.getByRole("button", { name: "Ask to lift it" }).click();
  await operator.waitForURL(/\/settings\/proposals\//);
  await reviewer.goto(new URL(operator.url()).pathname);
  await reviewer.getByRole("textbox", { name: "Reason" }).fill("Seen");
  await reviewer.getByRole("button", { name: "Approve", exact: true }).click();
  await proveAgain(reviewer);
  await expect(reviewer.getByRole("region", { name: "Decision" })).toContainText("approved it");
  await expect(banner).toBeHidden();
});

test("an old sign-in is asked for the password before it approves, and a wrong one approves nothing", async ({
  sit,
  cast,
  sql,
  tenants,
}) => {
  const tenant = await tenants.before("1", "proof");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  const person = await cast.add("Petra Proof", ["reviewer"]);
  const page = await sit(person);
  await sql`update session set stepped_up_at = stepped_up_at - interval '6 minutes' where person_id = ${person.id}`;
  const before = (await page.context().cookies()).find(({ name }) => name.includes("session-token"))?.value;
  await page.goto(`/approvals/${jobId}`);
  await tickEveryCall(page);
  await page.getByRole("textbox", { name: "Reason" }).fill("Read");
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await expect(approve).toBeEnabled({ timeout: 30_000 });
  await approve.click();
  const dialog = page.getByRole("dialog", { name: "Is it still you?" });
  await dialog.getByLabel("Password", { exact: true }).fill("wrong");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Nothing was changed");
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("region", { name: "Decision", exact: true })).toContainText("approved, with");
  const after = (await page.context().cookies()).find(({ name }) => name.includes("session-token"))?.value;
  expect(after).not.toBe(before);
});

test("somebody who alone could approve is told so before asking", async ({ both, sql, tenants }) => {
  const tenant = await tenants.before("1", "alone");
  const others = await sql<{ id: string }[]>`
    update role_grant set revoked_at = now() where role = 'reviewer' and revoked_at is null
      and person_id <> (select id from person where name = 'Oscar Operator') returning id`;
  try {
    await previewStage(both, tenant.id, "1");
    await expect(both.getByText("Nobody but you: ask for a reviewer")).toBeVisible();
  } finally {
    await sql`update role_grant set revoked_at = null where id in ${sql(others.map(({ id }) => id))}`;
  }
});
