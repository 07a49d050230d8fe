import { generateKeyPairSync } from "node:crypto";
import type { Page } from "@playwright/test";
import { VirtualAuthenticator, enrolPasskey } from "./authenticator.ts";
import { expectScreen } from "./checks.ts";
import { expect, test } from "./fixtures.ts";
import { tickEveryCall } from "./pages.ts";
import { signInOnPage } from "./people.ts";
import { requestThrough } from "./requests.ts";

const AWAY = "This page no longer hears of changes";

const decisionOn = (page: Page) => page.getByRole("region", { name: "Decision", exact: true });
const stepUpOn = (page: Page) => page.getByRole("dialog", { name: "Is it still you?" });

/** A request that waits, opened by somebody, filled in and sent off: the page asks who is there. */
async function askToApprove(page: Page, jobId: string): Promise<void> {
  await page.goto(`/approvals/${jobId}`);
  await tickEveryCall(page);
  await page.getByRole("textbox", { name: "Reason" }).fill("Compared, call by call");
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await expect(approve).toBeEnabled({ timeout: 30_000 });
  await approve.click();
  await expect(stepUpOn(page)).toBeVisible();
}

test("a reviewer enrols a passkey, and from then on approves with it and with nothing less", async ({
  cast,
  sit,
  tenants,
  sql,
}) => {
  const person = await cast.add("Petra Passkey", ["reviewer"]);
  const page = await sit(person);
  const device = await VirtualAuthenticator.plugInto(page);
  const operator = await cast.api("operator");
  const waiting = async () => {
    const { id: tenantId } = await tenants.before("1", "passkey");
    return requestThrough(operator, { tenantId, stageKey: "1" });
  };
  const [first, second] = [await waiting(), await waiting()];

  await test.step("the first one is enrolled on the strength of the password", async () => {
    await enrolPasskey(page, "Laptop");
    await expect(page.getByRole("table", { name: "Passkeys" })).toContainText("not yet");
    await expectScreen(page, "account with a passkey");
  });

  await test.step("approving asks for it, says why, and the page goes on hearing", async () => {
    await askToApprove(page, first.jobId);
    await expect(stepUpOn(page)).toContainText("You have a passkey, so a password alone is not enough");
    await expect(stepUpOn(page).getByLabel("Password")).toHaveCount(0);
    await page.evaluate((words) => {
      new MutationObserver(() => {
        if (document.body.innerText.includes(words)) document.body.dataset["wasAway"] = "yes";
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    }, AWAY);
    await stepUpOn(page).getByRole("button", { name: "Use your passkey" }).click();
    await expect(decisionOn(page)).toContainText("approved, with");
    // Of the job that starts now the page hears, through the stream of the new session.
    await expect(page.getByRole("main")).toContainText("The gate passed.", { timeout: 60_000 });
    expect(await page.evaluate(() => document.body.dataset["wasAway"])).toBeUndefined();
  });

  await test.step("a person who does not pass the device's own check proves nothing", async () => {
    await sql`update session set stepped_up_at = stepped_up_at - interval '6 minutes' where person_id = ${person.id}`;
    await device.setVerified(false);
    await askToApprove(page, second.jobId);
    await stepUpOn(page).getByRole("button", { name: "Use your passkey" }).click();
    await expect(stepUpOn(page).getByRole("alert")).toContainText("The browser used no passkey");
    await device.setVerified(true);
  });

  await test.step("another credential under the same id is refused and audited", async () => {
    const own = await device.credential();
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const forged = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
    await device.hold({ ...own, privateKey: forged });
    await stepUpOn(page).getByRole("button", { name: "Use your passkey" }).click();
    await expect(stepUpOn(page).getByRole("alert")).toContainText(
      "The passkey did not prove that it is you.",
    );
    const [denied] = await sql`
      select details from audit_entry where action = 'session.prove' and outcome = 'denied'
        and actor ->> 'id' = ${person.id} order by seq desc limit 1`;
    expect(denied).toMatchObject({ details: { reason: "passkey_refused" } });
    const [{ state } = { state: "" }] = await sql<{ state: string }[]>`
      select state from job where id = ${second.jobId}`;
    expect(state).toBe("awaiting_approval");
    await device.hold(own);
  });

  await test.step("a copy whose counter is behind is refused", async () => {
    const own = await device.credential();
    await sql`update passkey set counter = 1000 where person_id = ${person.id}`;
    await stepUpOn(page).getByRole("button", { name: "Use your passkey" }).click();
    await expect(stepUpOn(page).getByRole("alert")).toContainText("counter went backwards");
    await device.hold({ ...own, signCount: 2000 });
    await stepUpOn(page).getByRole("button", { name: "Use your passkey" }).click();
    await expect(decisionOn(page)).toContainText("approved, with");
  });

  await test.step("it is renamed and removed, by a proof of it", async () => {
    await page.goto("/settings/account");
    await page.getByRole("button", { name: "Rename Laptop" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Old laptop");
    await page.getByRole("dialog").getByRole("button", { name: "Rename", exact: true }).click();
    await page.getByRole("button", { name: "Remove Old laptop" }).click();
    await expect(page.getByRole("dialog")).toContainText("It is your last one");
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await expect(page.getByText("No passkey yet.")).toBeVisible();
  });
});

test("an answer of a passkey is taken once: the same bytes again, and in another session, are refused", async ({
  cast,
  sit,
}) => {
  const person = await cast.add("Paula Passkey", ["operator"]);
  const page = await sit(person);
  await VirtualAuthenticator.plugInto(page);
  await enrolPasskey(page, "Phone");
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/auth/callback/passkey")) sent.push(request.postData() ?? "");
  });
  // Removing takes a proof by the passkey, as the enrolment was proven by password.
  await page.getByRole("button", { name: "Remove Phone" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await stepUpOn(page).getByRole("button", { name: "Use your passkey" }).click();
  await expect(page.getByText("No passkey yet.")).toBeVisible();
  expect(sent).toHaveLength(1);
  const response = new URLSearchParams(sent[0]).get("response") ?? "";

  const replay = async (from: Page) =>
    from.evaluate(async (given) => {
      const { csrfToken } = await (await fetch("/api/auth/csrf")).json();
      const answer = await fetch("/api/auth/callback/passkey", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ csrfToken, json: "true", response: given }),
      });
      return { status: answer.status, text: await answer.text() };
    }, response);

  const again = await replay(page);
  expect(again.status).toBe(401);
  expect(again.text).toContain("challenge_spent");
  const elsewhere = await sit(person);
  expect((await replay(elsewhere)).text).toContain("challenge_spent");
  // Both sessions live on: a refused proof ends nothing.
  for (const each of [page, elsewhere]) {
    await each.goto("/inbox");
    await expect(each).toHaveURL(/\/inbox/);
  }
});

test("a new password ends the other browser, and the account page ends sessions", async ({ cast, sit }) => {
  const person = await cast.add("Quentin Quick", ["operator"]);
  const [page, other] = [await sit(person), await sit(person)];
  await page.goto("/settings/account");
  const sessions = page.getByRole("table", { name: "Sessions" }).getByRole("row");
  await expect(sessions).toHaveCount(3);
  await page.getByLabel("Present password").fill("not the password");
  await page.getByLabel("New password", { exact: true }).fill("a river and seven cows");
  await page.getByLabel("New password again").fill("a river and seven cows");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("That is not the password you have now.")).toBeVisible();
  await page.getByLabel("Present password").fill(person.password);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("The password is changed. 1 other session ended.")).toBeVisible();
  await expect(sessions).toHaveCount(2);
  await other.goto("/inbox");
  await expect(other).toHaveURL(/\/sign-in/);

  await signInOnPage(other, { ...person, password: "a river and seven cows" });
  await page.reload();
  await expect(sessions).toHaveCount(3);
  await page.getByRole("button", { name: "End all others" }).click();
  await expect(sessions).toHaveCount(2);
  await other.goto("/inbox");
  await expect(other).toHaveURL(/\/sign-in/);
});
