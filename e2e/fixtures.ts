import { expect, type Page, test as base } from "@playwright/test";
import { connect, type Connection } from "#db/client.ts";
import { Complaints } from "./checks.ts";
import { ownerUrl, startConsole, type TestConsole } from "./console.ts";
import { EmbeddedCloud, USUAL_POLICY } from "./cloud.ts";
import { Cast, rememberPassword, type Role, signInOnPage } from "./people.ts";
import { Tenants } from "./tenants.ts";

interface WorkerFixtures {
  /** The worker's own console, thrown away at its end. */
  running: TestConsole;
  cast: Cast;
  /** The database as the owner of its tables: what the application itself may not do, such as moving an expiry. */
  sql: Connection["sql"];
  tenants: Tenants;
  wholeCloud: EmbeddedCloud;
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
  cast: [
    async ({ browser, running }, use) => {
      await use(new Cast({ origin: running.origin, dataDir: running.dataDir, browser }));
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
  sit: async ({ browser, cast, complaints }, use, testInfo) => {
    const opened: { close(): Promise<void> }[] = [];
    await use(async (who) => {
      const isKnown = typeof who === "string";
      const context = await browser.newContext({
        baseURL: cast.origin,
        viewport: testInfo.project.use.viewport ?? { width: 1280, height: 800 },
        ...(isKnown ? { storageState: await cast.state(who) } : {}),
      });
      context.setDefaultTimeout(15_000);
      opened.push(context);
      const page = await context.newPage();
      complaints.listen(page);
      rememberPassword(page, isKnown ? cast.person(who).password : who.password);
      if (!isKnown) await signInOnPage(page, who);
      return page;
    });
    for (const context of opened) await context.close();
  },
  operator: seat("operator"),
  both: seat("both"),
  reviewer: seat("reviewer"),
  manager: seat("manager"),
  admin: seat("admin"),
  auditor: seat("auditor"),
  cloud: async ({ wholeCloud }, use) => {
    await use(wholeCloud);
    await wholeCloud.clearFaults();
    await wholeCloud.setPolicy(USUAL_POLICY);
  },
});

export { expect } from "@playwright/test";
