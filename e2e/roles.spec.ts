import type { Locator, Page, Request } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { stagePath } from "./pages.ts";
import type { Role } from "./people.ts";
import { expectRefused } from "./expectations.ts";
import { requestThrough } from "./requests.ts";

/** Who may start a tenant and plan a stage, decide a request, see people, and change people. */
const MAY: Record<Role, { operate: boolean; decide: boolean; people: "no" | "see" | "change" }> = {
  operator: { operate: true, decide: false, people: "no" },
  both: { operate: true, decide: true, people: "no" },
  reviewer: { operate: false, decide: true, people: "no" },
  manager: { operate: false, decide: false, people: "no" },
  admin: { operate: false, decide: false, people: "change" },
  auditor: { operate: false, decide: false, people: "see" },
};

test("each role sees what it may, and for the rest who could", async ({ sit, cast, tenants }) => {
  test.setTimeout(180_000);
  const tenant = await tenants.before("1", "roles");
  const waiting = await tenants.before("1", "waiting");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: waiting.id, stageKey: "1" });
  for (const role of ["operator", "both", "reviewer", "manager", "admin", "auditor"] as const) {
    await test.step(role, async () => {
      const page = await sit(role);
      const may = MAY[role];
      await page.goto("/tenants");
      await expectButton(buttonOf(page, "New tenant"), may.operate, "an operator can");
      await page.goto(stagePath(tenant.id, "1"));
      await expectButton(buttonOf(page, "Preview"), may.operate, "an operator can");

      await page.goto(`/approvals/${jobId}`);
      const decides = page.getByRole("button", { name: "Refuse", exact: true });
      if (may.decide) await expect(decides).toBeVisible();
      else {
        await expect(decides).toHaveCount(0);
        await expect(page.getByText(/Who can: .*Rita Reviewer/)).toBeVisible();
      }

      await page.goto("/settings/people");
      if (may.people === "no") await expect(page.getByText("This page is not open to you")).toBeVisible();
      else await expectButton(buttonOf(page, "Add a person"), may.people === "change", "an admin can");
      await page.context().close();
    });
  }
});

const buttonOf = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).first();

async function expectButton(button: Locator, isAllowed: boolean, whoCould: string): Promise<void> {
  if (isAllowed) return expect(button).toBeEnabled();
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription(new RegExp(whoCould));
}

test("an admin adds a person, who signs in with the password that is shown once", async ({ admin, sit }) => {
  await admin.goto("/settings/people");
  await admin.getByRole("button", { name: "Add a person" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/Enter a name/);
  const email = `nora.${Date.now()}@example.org`;
  await dialog.getByLabel("Name", { exact: true }).fill("Nora New");
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByRole("checkbox", { name: /^Auditor/ }).check();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog).toContainText("The first password is shown once");
  const password = (await dialog.locator("p span").first().textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(admin.getByRole("row").filter({ hasText: email })).toContainText("Auditor");
  const page = await sit({ email, password });
  await expect(page.getByRole("button", { name: /Account of Nora New/ })).toBeVisible();
});

test("a person who is disabled is out with the next click, and hears of nothing more", async ({
  admin,
  cast,
  sit,
  sql,
}) => {
  const person = await cast.add("Fiona Former", ["operator"]);
  const page = await sit(person);
  const following = openStreams(page);
  await page.goto("/jobs");
  await expect.poll(() => following.size).toBe(1);

  await test.step("an admin disables her in the people settings", async () => {
    await admin.goto("/settings/people");
    const row = admin.getByRole("row").filter({ hasText: person.email });
    await row.getByRole("button").click();
    const dialog = admin.getByRole("dialog", { name: "Fiona Former" });
    await dialog.getByRole("button", { name: "Disable", exact: true }).click();
    await dialog.getByRole("button", { name: "Disable now and end all sessions" }).click();
    await expect(dialog).toContainText("This person cannot sign in");
  });

  // Ends without the page's doing.
  await expect.poll(() => following.size).toBe(0);
  const [live] = await sql<{ count: number }[]>`
    select count(*)::int as count from session where person_id = ${person.id} and ended_at is null`;
  expect(live?.count).toBe(0);
  await page.getByRole("link", { name: "Tenants", exact: true }).first().click();
  await expect(page).toHaveURL(/\/sign-in/, { timeout: 20_000 });
});

/** The live streams that this page opens from now on and that have not ended. */
function openStreams(page: Page): ReadonlySet<Request> {
  const open = new Set<Request>();
  page.on("request", (request) => {
    if (request.url().includes("live.changes")) open.add(request);
  });
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
  return open;
}

test("roles that are taken away count at once, in a session that stays", async ({ cast, sit, tenants }) => {
  const person = await cast.add("Oona Once", ["operator"]);
  const page = await sit(person);
  const tenant = await tenants.start("once");
  await page.goto(stagePath(tenant.id, "0"));
  await expect(page.getByRole("button", { name: "Preview", exact: true })).toBeEnabled();
  await (await cast.api("admin")).people.setRoles.mutate({ personId: person.id, roles: ["auditor"] });
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  await expect(page.getByRole("main")).toContainText("Your roles do not let you preview a stage.");
});

test("nobody changes their own roles or locks themselves out", async ({ cast }) => {
  const api = await cast.api("admin");
  const { people } = await api.people.list.query({});
  const self = people.find(({ email }) => email === cast.person("admin").email);
  const personId = self?.id ?? "";
  await expectRefused(api.people.setRoles.mutate({ personId, roles: ["admin", "reviewer"] }), "own_roles");
  await expectRefused(api.people.disable.mutate({ personId }), "own_account");
});
