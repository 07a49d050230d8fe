import type { Page } from "@playwright/test";
import { connect } from "#db/client.ts";
import {
  type Account,
  startIdentityProvider,
  type TestIdentityProvider,
} from "#server/testing/oidc-provider.ts";
import { enrolPasskey, VirtualAuthenticator } from "./authenticator.ts";
import { Canary } from "./canary.ts";
import { freePort, ownerUrl, startConsole, type TestConsole } from "./console.ts";
import { expect, test } from "./fixtures.ts";
import { alertOf } from "./pages.ts";
import { Cast } from "./people.ts";

const KNOWN: Account = {
  login: "vera",
  subject: "subject-of-vera",
  email: "Vera.Sso@example.org",
  isEmailVerified: true,
};
const ACCOUNTS: readonly Account[] = [
  KNOWN,
  {
    login: "stranger",
    subject: "subject-of-a-stranger",
    email: "stranger@example.org",
    isEmailVerified: true,
  },
  {
    login: "claimant",
    subject: "subject-of-a-claimant",
    email: "wera.sso@example.org",
    isEmailVerified: false,
  },
  { login: "late", subject: "another-subject", email: KNOWN.email, isEmailVerified: true },
];

let provider: TestIdentityProvider;
let running: TestConsole;
let canary: Canary;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  const port = await freePort();
  provider = await startIdentityProvider({
    redirectUri: `http://localhost:${port}/api/auth/callback/oidc`,
    accounts: ACCOUNTS,
  });
  running = await startConsole({
    name: "oidc",
    port,
    env: {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
    },
  });
  canary = new Canary(running);
  canary.remember("the secret of the provider's client", provider.clientSecret, { isSetting: true });
  const api = await new Cast({ ...running, canary }).api("admin");
  await api.people.add.mutate({ name: "Vera Viewer", email: "vera.sso@example.org", roles: ["manager"] });
  await api.people.add.mutate({ name: "Wera Watcher", email: "wera.sso@example.org", roles: ["operator"] });
});

test.afterAll(async () => {
  test.setTimeout(120_000);
  const connection = connect(ownerUrl(running.dataDir), { max: 2 });
  expect(await canary.search(connection.sql), "secrets that were found").toEqual([]);
  await connection.close();
  await running.stop();
  await provider.close();
});

test.beforeEach(async ({ page }) => {
  canary.listen(page);
  await page.goto(`${running.origin}/sign-in`);
  await page.getByRole("button", { name: "Sign in with single sign-on" }).click();
  await expect(page.getByLabel("Account")).toBeVisible();
});

test.afterEach(({ page }) => canary.keepCookies(page));

async function continueAs(page: Page, login: string): Promise<void> {
  await page.getByLabel("Account").fill(login);
  await page.getByRole("button", { name: "Continue" }).click();
}

test("a person whom an admin has added signs in, with state, nonce and PKCE in use", async ({ page }) => {
  const asked = provider.authorizations.at(-1);
  expect(asked?.get("state")).toMatch(/.{20,}/);
  expect(asked?.get("nonce")).toMatch(/.{20,}/);
  expect(asked?.get("code_challenge_method")).toBe("S256");
  expect(asked?.get("code_challenge")).toMatch(/^[A-Za-z0-9_-]{43}$/);

  const callbacks: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/auth/callback/oidc")) callbacks.push(request.url());
  });
  await continueAs(page, "vera");
  await expect(page.getByRole("button", { name: /Account of Vera Viewer/ })).toBeVisible();

  // The same answer of the provider a second time: its code, state and verifier are spent.
  expect(callbacks).toHaveLength(1);
  await page.context().clearCookies();
  await page.goto(callbacks[0] ?? "");
  await expect(page).toHaveURL(/\/sign-in\?/);
  await expect(alertOf(page)).toContainText("You are not signed in.");
});

test("a good code is refused with another state, as in a sign-in that somebody else began", async ({
  page,
}) => {
  const callback = await answerFor(page, "vera");
  callback.searchParams.set("state", "somebody-elses-state");
  await page.goto(callback.href);
  await expect(page).toHaveURL(/\/sign-in\?/);
  await expect(alertOf(page)).toContainText("You are not signed in.");
});

/** Signs in at the provider without a page and answers where it would send the browser: the callback with its code. */
async function answerFor(page: Page, login: string): Promise<URL> {
  const answered = await page.request.post(page.url(), { form: { login }, maxRedirects: 0 });
  const resumed = await page.request.get(answered.headers()["location"] ?? "", { maxRedirects: 0 });
  const callback = new URL(resumed.headers()["location"] ?? "");
  expect(callback.searchParams.get("code")).toMatch(/.{20,}/);
  return callback;
}

for (const [login, why] of [
  ["stranger", "whom nobody has added"],
  ["claimant", "whose address the provider has not verified"],
  ["late", "who has the address of somebody bound to another subject"],
] as const) {
  test(`a person ${why} is refused and told whom to ask`, async ({ page }) => {
    await continueAs(page, login);
    await expect(page).toHaveURL(/\/sign-in\?/);
    await expect(alertOf(page)).toContainText("No person of this console has that identity.");
    await expect(alertOf(page)).toContainText("Ask an admin to add you");
    await page.goto(`${running.origin}/inbox`);
    await expect(page).toHaveURL(/\/sign-in/);
  });
}

test("a refusal of the provider itself is told apart", async ({ page }) => {
  await continueAs(page, "no such account");
  await expect(page).toHaveURL(/\/sign-in\?/);
  await expect(alertOf(page)).toContainText("You are not signed in.");
});

test("a proof asked of the provider is taken when it looked again, and an old look is refused", async ({
  page,
}) => {
  provider.lookedAgo = 400;
  await continueAs(page, "vera");
  provider.lookedAgo = 0;
  // Whoever has no password is asked for none, in whatever session.
  const owner = connect(ownerUrl(running.dataDir), { max: 1 });
  await owner.sql`update person set password_hash = null where email = 'vera.sso@example.org'`;
  await owner.close();
  await expect(page.getByRole("button", { name: /Account of Vera Viewer/ })).toBeVisible();
  const device = await VirtualAuthenticator.plugInto(page);

  await test.step("the provider is made to answer from its own session, which is old", async () => {
    await page.route(`${provider.issuer}/auth?**`, async (route) => {
      const asked = new URL(route.request().url());
      if (!asked.searchParams.has("prompt")) return route.continue();
      asked.searchParams.delete("prompt");
      asked.searchParams.set("max_age", "100000");
      return route.fulfill({ status: 302, headers: { location: asked.href } });
    });
    await askAgain(page);
    await expect(alertOf(page)).toContainText("The identity provider did not ask again who is there.");
    await expect(page.getByText("You are signed in as before.")).toBeVisible();
    await page.getByRole("link", { name: "Go back" }).click();
    await expect(page).toHaveURL(/\/settings\/account$/);
    await page.unroute(`${provider.issuer}/auth?**`);
  });

  await test.step("asked honestly, it shows its sign-in, and the proof counts", async () => {
    await askAgain(page);
    await expect(page.getByLabel("Account")).toBeVisible();
    const asked = provider.authorizations.at(-1);
    expect([asked?.get("prompt"), asked?.get("max_age")]).toEqual(["login", "0"]);
    await continueAs(page, "vera");
    await expect(page).toHaveURL(/\/settings\/account$/);
    await enrolPasskey(page, "Phone");
    expect((await device.credential()).rpId).toBe("localhost");
  });
});

/** Begins something that takes a proof, and goes to the provider for it. */
async function askAgain(page: Page): Promise<void> {
  await page.goto(`${running.origin}/settings/account`);
  await page.getByRole("button", { name: "Enrol a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Enrol a passkey" });
  await dialog.getByLabel("Name").fill("Phone");
  await dialog.getByRole("button", { name: "Enrol", exact: true }).click();
  const again = page.getByRole("dialog", { name: "Is it still you?" });
  await again.getByRole("button", { name: "Sign in again" }).click();
}
