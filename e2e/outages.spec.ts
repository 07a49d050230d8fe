import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { connect } from "#db/client.ts";
import { signIn } from "#server/demo/api-client.ts";
import { makeAuthority } from "#server/testing/tls-authority.ts";
import { Canary } from "./canary.ts";
import { freePort, ownerUrl, startConsole, type TestConsole } from "./console.ts";
import { expect, test } from "./fixtures.ts";
import { Cast, signInOnPage } from "./people.ts";

/** A console of its own: clouds that cannot be worked with, and a database that is killed. */
let running: TestConsole;
let canary: Canary;
let cast: Cast;
let folder: string;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ wholeCloud }) => {
  test.setTimeout(120_000);
  folder = mkdtempSync(join(tmpdir(), "countersign-clouds-"));
  writeFileSync(join(folder, "other-ca.pem"), (await makeAuthority("Somebody else")).pem);
  const auth = {
    username: "admin",
    password: "not-the-password",
    user_domain_name: "admin_domain",
    project_name: "admin",
    project_domain_name: "admin_domain",
  };
  const cloud = (auth_url: string, more: object) => ({
    auth: { ...auth, auth_url },
    region_name: "RegionOne",
    identity_api_version: 3,
    ...more,
  });
  const clouds = {
    nobody: cloud(`https://127.0.0.1:${await freePort()}/identity/v3`, {
      cacert: join(folder, "other-ca.pem"),
    }),
    stranger: cloud(wholeCloud.authUrl, { cacert: join(folder, "other-ca.pem") }),
    unsigned: cloud(wholeCloud.authUrl, { cacert: join(folder, "no-such-ca.pem") }),
  };
  writeFileSync(join(folder, "clouds.yaml"), stringify({ clouds }));
  running = await startConsole({
    name: "outages",
    env: {
      OS_CLIENT_CONFIG_FILE: join(folder, "clouds.yaml"),
      COUNTERSIGN_CLOUDS: "embedded,nobody,stranger,unsigned",
    },
  });
  canary = new Canary(running);
  cast = new Cast({ ...running, canary });
});

test.afterAll(async () => {
  test.setTimeout(120_000);
  const connection = connect(ownerUrl(running.dataDir), { max: 2 });
  expect(await canary.search(connection.sql), "secrets that were found").toEqual([]);
  await connection.close();
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a cloud out of reach, one with another authority and one without are told apart on every page", async ({
  page,
}) => {
  await signInOnPage(page, cast.person("operator"), `${running.origin}/sign-in`);
  const main = page.getByRole("main");
  await expect(main).toContainText("Cloud nobody does not answer", { timeout: 30_000 });
  await expect(main).toContainText(/Cloud stranger .*certificate authority/);
  await expect(main).toContainText("Cloud unsigned cannot be trusted");
  await expect(main).toContainText("no-such-ca.pem");
});

test("planning on such a cloud is blocked with the same sentence and nothing is changed", async () => {
  const { api } = await signIn(running.origin, cast.person("operator"));
  const { clouds } = await api.tenants.board.query({ cloudId: null });
  for (const [name, says] of [
    ["nobody", /does not answer|could not be reached|refused/i],
    ["stranger", /certificate/i],
    ["unsigned", /no-such-ca\.pem/],
  ] as const) {
    const cloudId = clouds.find((one) => one.name === name)?.id ?? "";
    const inputs = { cidr: "10.20.9.0/24", instances: 1, cores: 1, ramMb: 1, nodeCount: 1 };
    const { tenantId } = await api.tenants.create.mutate({ slug: `on-${name}`, cloudId, inputs });
    const { planId } = await api.jobs.preview.mutate({ tenantId, stageKey: "0" });
    await expect
      .poll(async () => (await api.jobs.plan.query({ planId })).state, { timeout: 60_000 })
      .toMatch(/blocked|failed/);
    const plan = await api.jobs.plan.query({ planId });
    expect(`${plan.says ?? ""} ${plan.advice ?? ""}`).toMatch(says);
  }
});

test("the database goes away and comes back: pages say so, nothing is lost, nobody restarts anything", async ({
  page,
}) => {
  await signInOnPage(page, cast.person("operator"), `${running.origin}/sign-in`);
  await page.goto(`${running.origin}/tenants`);
  await page.getByRole("button", { name: "New tenant" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Client name").fill("survivor");
  await form.getByLabel("Tenant network").fill("10.20.77.0/24");

  const made = /\/tenants\/[0-9a-f-]{36}/;
  const [pid] = readFileSync(join(running.dataDir, "postgres/postmaster.pid"), "utf8").split("\n");
  process.kill(Number(pid), "SIGKILL");
  await form.getByRole("button", { name: "Create tenant" }).click();
  // Either the database was away at that moment, or it was back already: both are told truly.
  await expect(async () => {
    if (!made.test(page.url())) {
      // The first click may still be on its way: then there is nothing to click, and soon a page to be on.
      await form.getByRole("button", { name: "Create tenant" }).click({ timeout: 2_000 });
    }
    expect(page.url()).toMatch(made);
  }).toPass({ timeout: 90_000 });
  await page.goto(`${running.origin}/tenants`);
  await expect(page.getByRole("link", { name: "survivor", exact: true })).toHaveCount(1);
  await expect(page.getByText("This page no longer hears of changes")).toHaveCount(0);
  expect(running.printed()).toContain("Postgres runs again.");
});
