import { expect, type Locator, type Page } from "@playwright/test";
import { proveAgain } from "./people.ts";

/** The sentence of a refusal in the page; Next announces page titles in an alert of its own, outside. */
export const alertOf = (page: Page): Locator => page.getByRole("main").getByRole("alert");

export const stagePath = (tenantId: string, stageKey: string): string =>
  `/tenants/${tenantId}/stages/${stageKey}`;

/** The operator opens a stage and previews it; answers when the plan stands on the page. */
export async function previewStage(page: Page, tenantId: string, stageKey: string): Promise<void> {
  await page.goto(stagePath(tenantId, stageKey));
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  await expect(page.getByText("Digest of this plan")).toBeVisible({ timeout: 30_000 });
}

/** Runs the read-only plan on the page; answers the job's id. */
export async function runPlan(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  return jobOnPage(page);
}

/** Asks for the plan on the page; answers the job's id. */
export async function requestPlan(
  page: Page,
  { reason = "Onboarding, as agreed with the client", startsByHand = false } = {},
): Promise<string> {
  await page.getByRole("textbox", { name: "Reason" }).fill(reason);
  await typeTarget(page, "ask for it");
  if (startsByHand) await page.getByRole("radio", { name: /Start it myself/ }).check();
  await page.getByRole("button", { name: "Request approval" }).click();
  return jobOnPage(page);
}

async function jobOnPage(page: Page): Promise<string> {
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}/);
  return /\/jobs\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
}

/** The reviewer reads the request: every call opened and ticked. */
export async function tickEveryCall(page: Page): Promise<void> {
  const boxes = page.getByRole("checkbox", { name: /^I have read/ });
  await expect(boxes.first()).toBeVisible();
  for (const box of await boxes.all()) await box.check();
}

/** What destroys takes the name of the tenant, typed by whoever asks and by whoever approves. */
async function typeTarget(page: Page, what: string): Promise<void> {
  const label = new RegExp(`^Type (\\S+) to ${what}$`);
  const named = page.getByLabel(label);
  if ((await named.count()) === 0) return;
  const text = await page.getByText(label).textContent();
  await named.fill(label.exec(text ?? "")?.[1] ?? "");
}

/** The reviewer opens a request, ticks every call, gives a reason and approves it. */
export async function approveJob(
  page: Page,
  jobId: string,
  reason = "Compared with the runbook, call by call",
): Promise<void> {
  await page.goto(`/approvals/${jobId}`);
  await tickEveryCall(page);
  await typeTarget(page, "approve");
  await page.getByRole("textbox", { name: "Reason" }).fill(reason);
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await expect(approve).toBeEnabled({ timeout: 30_000 });
  await approve.click();
  const decision = page.getByRole("region", { name: "Decision", exact: true });
  await expect(decision.or(page.getByRole("dialog", { name: "Is it still you?" }))).toBeVisible();
  await proveAgain(page);
  await expect(decision).toContainText("approved, with");
}

/** Waits until the job's own page says this state: the mark beside its title. */
export async function expectJobState(page: Page, word: string, timeout = 60_000): Promise<void> {
  const head = page.getByRole("main").locator("header").first();
  await expect(head).toContainText(word, { timeout });
}
