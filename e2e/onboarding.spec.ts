import { webcrypto } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { approveJob, expectJobState, previewStage, requestPlan, runPlan, stagePath } from "./pages.ts";
import { expectRefused } from "./expectations.ts";

interface Stage {
  key: string;
  number: string;
  title: string;
  isRead?: true;
  /** A line that the job's output must show while or after it runs. */
  line: RegExp;
}

const STAGES: readonly Stage[] = [
  { key: "0", number: "0", title: "Operator pre-flight", isRead: true, line: /gate-0: passed, 7 of 7/ },
  { key: "1", number: "1", title: "The domain and its manager", line: /gate-1: passed, 3 of 3/ },
  { key: "2", number: "2", title: "The manager serves itself", line: /gate-2: passed, 9 of 9/ },
  { key: "2.5", number: "2.5", title: "Isolation", isRead: true, line: /gate-2-5: passed, 8 of 8/ },
  { key: "3", number: "3", title: "The cluster owner's credentials", line: /gate-3: passed, 7 of 7/ },
  { key: "4", number: "4", title: "Network", line: /gate-4: passed, 6 of 6/ },
  { key: "5", number: "5", title: "Cluster template", line: /gate-5: passed, 7 of 7/ },
  { key: "6-7", number: "6/7", title: "The cluster", line: /gate-6-7: passed, 8 of 8/ },
];

const PASSED_TIMEOUT_MS = 60_000;

test.describe.configure({ mode: "serial" });

/** The tenant that the stories of this file work on, one after another. */
const made = { id: "", slug: "" };

test("two people onboard a tenant through every gated stage", async ({
  operator,
  reviewer,
  tenants,
  sql,
}) => {
  test.setTimeout(300_000);
  const { slug, cidr } = await tenants.free("acme");
  await test.step("the operator starts it", async () => {
    await operator.goto("/tenants");
    await operator.getByRole("button", { name: "New tenant" }).first().click();
    const form = operator.getByRole("dialog");
    await form.getByLabel("Client name").fill(slug);
    await form.getByLabel("Tenant network").fill(cidr);
    await form.getByRole("button", { name: "Create tenant" }).click();
    await operator.waitForURL(/\/tenants\/[0-9a-f-]{36}/);
    made.slug = slug;
    made.id = /\/tenants\/([0-9a-f-]{36})/.exec(operator.url())?.[1] ?? "";
  });
  for (const [at, stage] of STAGES.entries()) {
    await test.step(`stage ${stage.number}`, async () => {
      const next = STAGES[at + 1];
      if (next !== undefined) await expectLocked(operator, next, stage);
      await previewStage(operator, made.id, stage.key);
      if (stage.isRead) await runPlan(operator);
      else await askAndApprove(operator, reviewer);
      // The operator has not touched the page: what follows arrives by itself.
      await expectJobState(operator, "Passed", PASSED_TIMEOUT_MS);
      await expect(operator.getByRole("group", { name: /^Output of job/ })).toContainText(stage.line);
    });
  }
  await test.step("what came of it stands on the tenant's page", async () => {
    await operator.goto(stagePath(made.id, "1"));
    const verdict = operator.getByRole("region", { name: "Gate verdict" });
    await expect(verdict).toContainText("Passed: 3 of 3 hold");
    await expect(verdict).toContainText("The manager holds exactly one role, manager on its own domain");
    await expect(operator.getByText("run by Olivia Operator, approved by Rita Reviewer")).toBeVisible();
    await expect(operator.getByText("domain_id", { exact: true }).first()).toBeAttached();
    const [row] = await sql<{ value: string }[]>`
      select value #>> '{}' as value from tenant_value where tenant_id = ${made.id} and name = 'cluster_status'`;
    expect(row?.value).toBe("CREATE_COMPLETE");
  });
});

async function expectLocked(page: Page, stage: Stage, before: Stage): Promise<void> {
  await page.goto(stagePath(made.id, stage.key));
  const preview = page.getByRole("button", { name: "Preview", exact: true });
  await expect(preview).toBeDisabled();
  await expect(page.getByRole("main")).toContainText(before.title);
}

async function askAndApprove(operator: Page, reviewer: Page): Promise<void> {
  const jobId = await requestPlan(operator);
  await expectJobState(operator, "Waiting for a second person");
  await reviewer.goto("/inbox");
  const row = reviewer
    .getByRole("list", { name: "Decide" })
    .getByRole("listitem")
    .filter({ hasText: made.slug });
  await expect(row).toHaveCount(1);
  await row.getByRole("link", { name: /^Review/ }).click();
  await reviewer.waitForURL(`**/approvals/${jobId}`);
  await expect(reviewer.getByRole("main")).toContainText(`for tenant ${made.slug}`);
  await approveJob(reviewer, jobId);
}

test("a stage that is run again says that all is so and sends nothing", async ({ operator, cast }) => {
  await previewStage(operator, made.id, "1");
  await expect(operator.getByText("Everything is already so")).toBeVisible();
  const marks = operator.getByText("already so: nothing is sent");
  await expect(marks).toHaveCount(3);
  // Nothing is to be changed, so nobody has to approve it.
  await runPlan(operator);
  await expectJobState(operator, "Passed", PASSED_TIMEOUT_MS);
  await expect(operator.getByRole("main")).toContainText("Everything is as it should be. Nothing was sent.");
  const jobId = /\/jobs\/([0-9a-f-]{36})/.exec(operator.url())?.[1] ?? "";
  const { journal } = await (await cast.api("auditor")).jobs.get.query({ jobId });
  expect(journal.filter(({ kind }) => kind === "intent")).toEqual([]);
});

test("the board shows what is proven, and by whom", async ({ auditor }) => {
  await auditor.goto("/tenants");
  const board = auditor.getByRole("table", { name: "Tenants" });
  const row = board
    .getByRole("row")
    .filter({ has: auditor.getByRole("link", { name: made.slug, exact: true }) });
  await expect(row.getByRole("img", { name: "Passed" })).toHaveCount(STAGES.length);
  for (const [index, { number, title }] of STAGES.entries()) {
    const head = board.getByRole("columnheader").nth(index + 1);
    await expect(head).toContainText(number);
    await expect(head).toContainText(title);
    await expect(head.getByRole("img", { name: /^Validated .*run by Olivia Operator/ })).toBeVisible();
  }
});

test("the hand-over shows exactly the five things, once, and the console forgets them", async ({
  operator,
  cast,
  cloud,
  sql,
}) => {
  await operator.goto(stagePath(made.id, "6-7"));
  const handOver = operator.getByRole("button", { name: "Hand over", exact: true });
  const hiddenBefore = await operator.getByRole("main").textContent();

  await test.step("a page that is lost before it opened its box costs nothing", async () => {
    const api = await cast.api("operator");
    const { publicKey } = await webcrypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, [
      "deriveBits",
    ]);
    const raw = Buffer.from(await webcrypto.subtle.exportKey("raw", publicKey)).toString("base64url");
    const lost = await api.tenants.requestHandover.mutate({ tenantId: made.id, publicKey: raw });
    await expect(async () => {
      const { box } = await api.tenants.collectHandover.mutate(lost);
      expect(box.ciphertext).toMatch(/^[A-Za-z0-9_-]+$/);
    }).toPass();
    await operator.reload();
    await expect(operator.getByText("Asked for, not opened yet")).toBeVisible();
  });

  await handOver.click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByRole("button", { name: "Reveal the set" }).click();
  await expect(dialog.getByText("Shown once, here and now.")).toBeVisible({ timeout: 30_000 });

  const labels = await dialog.getByRole("term").allTextContents();
  expect(labels).toEqual(["Dashboard", "Domain", "Account", "Password", "Certificate authority"]);
  const [, domain = "", account = "", password = "", authority = ""] = await dialog
    .getByRole("definition")
    .allTextContents();
  expect(domain).toBe(made.slug);
  expect(account).toBe(`${made.slug}-domain-admin`);
  expect(authority).toContain("-----BEGIN CERTIFICATE-----");
  expect(authority).not.toContain("PRIVATE KEY");
  expect(hiddenBefore).not.toContain(password);

  await test.step("the password opens the tenant's domain and nothing else", async () => {
    const user = { name: account, domain, password };
    expect((await cloud.signIn(user, { domain: { name: domain } })).status).toBe(201);
    expect((await cloud.signIn(user, { domain: { name: "admin_domain" } })).status).toBe(401);
  });

  await test.step("it closes only after a warning", async () => {
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(dialog.getByText("Have you kept all of it?")).toBeVisible();
    await dialog.getByRole("button", { name: "Close and forget it" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(operator.getByRole("main")).toContainText("Passed and handed over");
    await expect(operator.getByRole("button", { name: "Hand over", exact: true })).toHaveCount(0);
  });

  await test.step("the sealed copies are gone, and the audit says who revealed, never what", async () => {
    const [kept] = await sql<{ count: number }[]>`
      select count(*)::int as count from secret where tenant_id = ${made.id} and destroyed_at is null`;
    expect(kept?.count).toBe(0);
    const entries = await sql<{ text: string; action: string }[]>`
      select action, audit_entry::text as text from audit_entry where object_id = ${made.id}`;
    expect(entries.map(({ action }) => action)).toContain("handover.reveal");
    for (const { text } of entries) expect(text).not.toContain(password);
  });

  await test.step("it cannot be asked for again", async () => {
    const publicKey = `B${"A".repeat(86)}`;
    const api = await cast.api("operator");
    await expectRefused(api.tenants.requestHandover.mutate({ tenantId: made.id, publicKey }), "not_open");
    await operator.goto(stagePath(made.id, "1"));
    await expect(operator.getByRole("button", { name: "Preview", exact: true })).toBeDisabled();
    await expect(operator.getByRole("main")).toContainText("This tenant was handed over.");
  });
});
