import { expect, type Page, test as base } from "@playwright/test";
import { connect, type Connection } from "#db/client.ts";
import { openSigningKeys, type SigningKeys } from "#server/testing/signing-keys.ts";
import { Canary } from "./canary.ts";
import { Complaints } from "./checks.ts";
import { ownerUrl, startConsole, type TestConsole } from "./console.ts";
import { EmbeddedCloud, USUAL_POLICY } from "./cloud.ts";
import { Cast, rememberPassword, type Role, signInOnPage } from "./people.ts";
import { Tenants } from "./tenants.ts";

interface WorkerFixtures {
  /** The worker's own console, thrown away at its end. */
  running: TestConsole;
  /** Knows every secret of the worker's console. */
  canary: Canary;
  /** At the worker's end looks for each of them in all that the console has left; a finding fails the run. */
  canaryIsQuiet: undefined;
  cast: Cast;
  /** The database as the owner of its tables: what the application itself may not do, such as moving an expiry. */
  sql: Connection["sql"];
  tenants: Tenants;
  wholeCloud: EmbeddedCloud;
  /** The worker's one signed-in browser of a demonstration person, for what is only looked at: nothing is fetched twice. */
  seats: (who: Role) => Promise<Page>;
}

interface TestFixtures {
  /** Watches every page of the story; what it finds fails the story. */
  complaints: Complaints;
  /** A new signed-in browser of a demonstration person, or of one that the story has added. */
  sit: (who: Role | { email: string; password: string }) => Promise<Page>;
  operator: Page;
  both: Page;
  reviewer: Page;
  manager: Page;
  admin: Page;
  auditor: Page;
  /** Makes keys to sign with; the canary knows their secret halves. */
  keys: Pick<SigningKeys, "make">;
  /** The embedded cloud; faults and policy are put back after the story. */
  cloud: EmbeddedCloud;
}

const seat =
  (role: Role) =>
  async ({ sit }: { sit: TestFixtures["sit"] }, use: (page: Page) => Promise<void>): Promise<void> =>
    use(await sit(role));

export const test = base.extend<TestFixtures, WorkerFixtures>({
  running: [
    async ({ browserName }, use, { workerIndex }) => {
      const running = await startConsole({ name: `${browserName}-${workerIndex}` });
      await use(running);
      await running.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  canary: [async ({ running }, use) => use(new Canary(running)), { scope: "worker" }],
  canaryIsQuiet: [
    async ({ canary, sql }, use) => {
      await use(undefined);
      expect(await canary.search(sql), "secrets that were found").toEqual([]);
    },
    { scope: "worker", auto: true, timeout: 120_000 },
  ],
  cast: [
    async ({ running, canary }, use) => {
      await use(new Cast({ origin: running.origin, dataDir: running.dataDir, canary }));
    },
    { scope: "worker" },
  ],
  sql: [
    async ({ cast }, use) => {
      const connection = connect(ownerUrl(cast.dataDir), { max: 2 });
      await use(connection.sql);
      await connection.close();
    },
    { scope: "worker" },
  ],
  tenants: [async ({ cast, sql }, use) => use(new Tenants(cast, sql)), { scope: "worker" }],
  wholeCloud: [
    async ({ cast }, use) => {
      const cloud = new EmbeddedCloud(cast.dataDir);
      await use(cloud);
      await cloud.close();
    },
    { scope: "worker" },
  ],
  seats: [
    async ({ browser, canary, cast }, use) => {
      const pages = new Map<Role, Page>();
      await use(async (who) => {
        const known = pages.get(who);
        if (known !== undefined) {
          await known.context().addCookies((await cast.state(who)).cookies);
          return known;
        }
        const { email, password } = cast.person(who);
        canary.remember(`the password of ${email}`, password);
        const context = await browser.newContext({
          baseURL: cast.origin,
          viewport: { width: 1280, height: 800 },
          storageState: await cast.state(who),
        });
        context.setDefaultTimeout(15_000);
        const page = await context.newPage();
        canary.listen(page);
        await canary.keepCookies(page);
        pages.set(who, page);
        return page;
      });
      for (const page of pages.values()) {
        await canary.keepCookies(page);
        await page.context().close();
      }
    },
    { scope: "worker" },
  ],
  baseURL: async ({ cast }, use) => use(cast.origin),
  complaints: [
    async ({ context }, use) => {
      const complaints = new Complaints();
      context.on("page", (page) => complaints.listen(page));
      await use(complaints);
      expect(complaints.grave()).toEqual([]);
    },
    { auto: true },
  ],
  sit: async ({ browser, canary, cast, complaints }, use, testInfo) => {
    const opened: Page[] = [];
    await use(async (who) => {
      const isKnown = typeof who === "string";
      const context = await browser.newContext({
        baseURL: cast.origin,
        viewport: testInfo.project.use.viewport ?? { width: 1280, height: 800 },
        ...(isKnown ? { storageState: await cast.state(who) } : {}),
      });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      opened.push(page);
      complaints.listen(page);
      canary.listen(page);
      const { email, password } = isKnown ? cast.person(who) : who;
      canary.remember(`the password of ${email}`, password);
      rememberPassword(page, password);
      if (!isKnown) await signInOnPage(page, who);
      await canary.keepCookies(page);
      return page;
    });
    for (const page of opened.filter((one) => !one.isClosed())) {
      await canary.keepCookies(page);
      await page.context().close();
    }
  },
  operator: seat("operator"),
  both: seat("both"),
  reviewer: seat("reviewer"),
  manager: seat("manager"),
  admin: seat("admin"),
  auditor: seat("auditor"),
  keys: async ({ canary }, use) => {
    const opened = await openSigningKeys();
    await use({
      make: async (...given) => {
        const key = await opened.make(...given);
        canary.keepPrivateKey(await key.privateText());
        return key;
      },
    });
    await opened.close();
  },
  cloud: async ({ wholeCloud }, use) => {
    await use(wholeCloud);
    await wholeCloud.clearFaults();
    await wholeCloud.setPolicy(USUAL_POLICY);
  },
});

export { expect } from "@playwright/test";
