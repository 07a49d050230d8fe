import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { APIRequestContext, Page } from "@playwright/test";
import { listProcedures } from "#server/testing/procedures.ts";
import { expect, test } from "./fixtures.ts";
import { PAYLOADS, payloadTexts } from "./payloads.ts";
import { planThrough, requestThrough } from "./requests.ts";
import type { TestTenant } from "./tenants.ts";

/** One tenant with a request that waits: what a stranger must not learn of, on every page that would show it. */
const state: { tenant: TestTenant; jobId: string } = {
  tenant: { id: "", slug: "", cidr: "", stages: [] },
  jobId: "",
};

test.beforeAll(async ({ cast, tenants }) => {
  test.setTimeout(120_000);
  state.tenant = await tenants.before("1", "hidden");
  const of = { tenantId: state.tenant.id, stageKey: "1" };
  ({ jobId: state.jobId } = await requestThrough(await cast.api("operator"), of));
});

const pages = () => [
  "/",
  "/inbox",
  "/tenants",
  `/tenants/${state.tenant.id}`,
  `/tenants/${state.tenant.id}/stages/1`,
  "/jobs",
  `/jobs/${state.jobId}`,
  `/approvals/${state.jobId}`,
  "/runbooks",
  "/runbooks/tenant-onboarding",
  "/settings",
  "/settings/people",
  "/audit",
  "/audit/1",
  "/audit/heads",
];

const SPELLINGS: ((path: string) => string)[] = [
  (path) => path,
  (path) => `${path}/`,
  (path) => `${path}.`,
  (path) => `/${path}`,
  (path) => `/%2e${path}`,
  (path) => `/en${path}`,
  (path) => `/en/en${path}`,
  (path) => `${path}.rsc`,
  (path) => `${path}?_rsc=abc`,
  (path) => `${path}.segments/_tree.segment.rsc`,
  (path) => `${path}.segments/_full.segment.rsc`,
  (path) => `/_next/data/development${path}.json`,
  (path) => `/_next/image?url=${encodeURIComponent(path)}&w=64&q=75`,
];

const PRETENCES: Record<string, string>[] = [
  { RSC: "1" },
  { RSC: "1", "Next-Router-Prefetch": "1" },
  { RSC: "1", "Next-Router-Prefetch": "1", "Next-Router-Segment-Prefetch": "/_tree" },
  { RSC: "1", "Next-Router-State-Tree": encodeURIComponent('["",{},null,null,true]') },
  { "x-middleware-subrequest": Array<string>(5).fill("middleware").join(":") },
  { "x-middleware-subrequest": Array<string>(5).fill("src/middleware").join(":") },
  { "x-middleware-subrequest": Array<string>(5).fill("proxy").join(":") },
  { "x-nextjs-data": "1", purpose: "prefetch" },
];

async function expectNothingOf(marks: readonly string[], answer: { body: string; where: string }) {
  for (const mark of marks) expect(answer.body.includes(mark), `${mark} in ${answer.where}`).toBe(false);
}

test("a stranger learns nothing at any address of a page, however it is spelled or asked for", async ({
  playwright,
  cast,
  operator,
}) => {
  const marks = [state.tenant.slug, cast.person("reviewer").email, "Rita Reviewer", "Olivia Operator"];
  const stranger = await playwright.request.newContext({ baseURL: cast.origin });
  for (const path of pages()) {
    for (const spell of SPELLINGS) {
      const where = spell(path);
      const answer = await stranger.get(`${cast.origin}${where}`, { maxRedirects: 0 });
      await expectNothingOf(marks, { where, body: await answer.text() });
    }
    for (const headers of PRETENCES) {
      const answer = await stranger.get(`${cast.origin}${path}`, { headers, maxRedirects: 0 });
      const where = `${path} with ${JSON.stringify(headers)}`;
      await expectNothingOf(marks, { where, body: await answer.text() });
    }
  }
  await stranger.dispose();
  // The marks are what somebody who is signed in does see.
  expect(await (await operator.request.get("/tenants")).text()).toContain(state.tenant.slug);
});

test("no procedure and no route is opened by a header that Next once trusted", async ({
  playwright,
  cast,
}) => {
  const stranger = await playwright.request.newContext({ baseURL: cast.origin });
  for (const headers of PRETENCES.filter((each) => "x-middleware-subrequest" in each)) {
    for (const { path, type } of listProcedures()) {
      const answer =
        type === "mutation"
          ? await stranger.post(`/api/trpc/${path}`, {
              data: { json: {} },
              headers: { ...headers, origin: cast.origin, "x-countersign": "1" },
            })
          : await stranger.get(`/api/trpc/${path}`, { headers });
      if (type === "subscription") expect(await answer.text(), path).toContain("UNAUTHORIZED");
      else expect(answer.status(), `${path} with ${JSON.stringify(headers)}`).toBe(401);
    }
    for (const path of ["/api/audit/export", `/api/jobs/${state.jobId}/operation`]) {
      expect((await stranger.get(path, { headers })).status(), path).toBe(401);
    }
  }
  await stranger.dispose();
});

test("every answer forbids frames, sniffing, foreign scripts and copies in a cache", async ({ operator }) => {
  for (const path of [...pages(), "/nowhere", "/sign-in"]) {
    const answer = await operator.request.get(path, { maxRedirects: 0 });
    const headers = answer.headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).toContain("object-src 'none'");
    expect(policy, path).toContain("base-uri 'none'");
    expect(policy, path).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{20,}' 'strict-dynamic'(;|$)/);
    expect(headers["x-frame-options"], path).toBe("DENY");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["cache-control"], path).toContain("no-store");
    expect(headers["x-powered-by"], path).toBeUndefined();
  }
  const answer = await operator.request.get("/api/trpc/inbox.session?input=%7B%22json%22%3A%7B%7D%7D");
  expect(answer.status()).toBe(200);
  expect(answer.headers()).toMatchObject({
    "cache-control": "no-store",
    vary: expect.stringMatching(/cookie/i),
  });
});

test("two people at the same moment never get each other's page", async ({ operator, reviewer }) => {
  const seats = [
    { request: operator.request, own: "Olivia Operator", other: "Account of Rita Reviewer" },
    { request: reviewer.request, own: "Rita Reviewer", other: "Account of Olivia Operator" },
  ];
  for (let round = 0; round < 10; round += 1) {
    const asked = seats.flatMap((seat) => Array<typeof seat>(10).fill(seat));
    await Promise.all(
      asked.map(async ({ request, own, other }, at) => {
        const headers = at % 2 === 0 ? {} : { RSC: "1" };
        const body = await (await request.get("/inbox", { headers })).text();
        expect(body).toContain(own);
        expect(body).not.toContain(other);
      }),
    );
  }
});

test("no host that a header names gets into an answer", async ({ playwright, cast }) => {
  const stranger: APIRequestContext = await playwright.request.newContext({ baseURL: cast.origin });
  const evil = "evil.example.org";
  const spoofed = {
    "x-forwarded-host": evil,
    "x-forwarded-proto": "https",
    "x-forwarded-server": evil,
    "x-original-host": evil,
    forwarded: `host=${evil};proto=https`,
  };
  for (const path of [
    "/",
    "/inbox",
    "/sign-in",
    "/api/auth/signin",
    "/api/auth/providers",
    "/api/auth/csrf",
  ]) {
    const answer = await stranger.get(path, { headers: spoofed, maxRedirects: 0 });
    expect(`${answer.headers()["location"] ?? ""} ${await answer.text()}`, path).not.toContain(evil);
  }
  await stranger.dispose();
});

test("the browser is sent no source map and nothing that only the server knows", async ({
  playwright,
  cast,
}) => {
  const root = join(import.meta.dirname, "..", ".next/static");
  const bundles = globSync("**/*", { cwd: root }).filter((file) => /\.(js|css|map|json)$/.test(file));
  expect(bundles.length).toBeGreaterThan(10);
  expect(bundles.filter((file) => file.endsWith(".map"))).toEqual([]);
  const serverOnly =
    /AUTH_SECRET|DATABASE_APP_URL|COUNTERSIGN_SEAL_KEY|pg_advisory|for update|insert into|drizzle|role_grant|password_hash|scrypt/;
  for (const file of bundles) {
    const text = readFileSync(join(root, file), "utf8");
    expect(serverOnly.exec(text)?.[0], file).toBeUndefined();
    expect(/sourceMappingURL=(?!data:)/.test(text), `a map of ${file}`).toBe(false);
  }
  const stranger = await playwright.request.newContext({ baseURL: cast.origin });
  for (const path of [
    "/__nextjs_source-map?filename=server.js",
    "/__nextjs_original-stack-frames",
    "/_next/webpack-hmr",
    "/_next/static/chunks/main.js.map",
    "/json/list",
    "/debug/pprof",
    "/metrics",
    "/package.json",
    "/.env",
    "/server.js",
    "/.countersign/auth-secret",
  ]) {
    const answer = await stranger.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBeGreaterThanOrEqual(300);
  }
  await stranger.dispose();
});

test("nothing that people write runs, on any page that shows it", async ({
  cast,
  tenants,
  sit,
  complaints,
}) => {
  test.setTimeout(240_000);
  expect(PAYLOADS.length).toBeGreaterThan(100);
  const [operator, reviewer] = [await cast.api("operator"), await cast.api("reviewer")];
  const tenant = await tenants.before("1", "script");
  const texts = payloadTexts(4000);
  const name = `Eve "><img src=x onerror=alert(1)><svg onload=alert(1)>`;
  const admin = await cast.api("admin");
  const { personId } = await admin.people.add.mutate({
    name,
    email: `eve.${crypto.randomUUID().slice(0, 8)}@example.org`,
    roles: ["auditor"],
  });
  const jobs: string[] = [];
  for (const [at, reason] of texts.entries()) {
    const { planId, contentDigest } = await planThrough(operator, tenant.id, "1");
    const idempotencyKey = crypto.randomUUID();
    const request = { planId, contentDigest, reason, startsOnApproval: true, idempotencyKey };
    const { jobId } = await operator.jobs.request.mutate(request);
    jobs.push(jobId);
    if (at === texts.length - 1) continue;
    const { digest } = await reviewer.jobs.get.query({ jobId });
    await reviewer.jobs.reject.mutate({ jobId, digest, reason });
  }
  const last = jobs.at(-1) ?? "";
  const seats = { auditor: await sit("auditor"), reviewer: await sit("reviewer"), admin: await sit("admin") };
  for (const [seat, path] of [
    [seats.reviewer, "/inbox"],
    [seats.reviewer, `/approvals/${last}`],
    [seats.auditor, "/jobs"],
    [seats.auditor, `/tenants/${tenant.id}`],
    [seats.auditor, `/tenants/${tenant.id}/stages/1`],
    [seats.auditor, "/audit"],
    [seats.admin, "/settings/people"],
    ...jobs.flatMap((id) => [
      [seats.auditor, `/jobs/${id}`] as const,
      [seats.auditor, `/jobs/${id}?tab=approvals`] as const,
    ]),
  ] as const) {
    await seat.goto(path);
    await expect(seat.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await expectNothingMade(seat);
  }
  await seats.auditor.goto(`/jobs/${jobs[0] ?? ""}?tab=approvals`);
  for (const payload of PAYLOADS.slice(0, 20)) {
    await expect(seats.auditor.getByRole("main")).toContainText(payload);
  }
  for (const query of PAYLOADS.slice(0, 12)) {
    await seats.auditor.goto(`/jobs?filter=${encodeURIComponent(query)}`);
    await seats.auditor.goto(
      `/sign-in?callbackUrl=${encodeURIComponent(query)}&error=${encodeURIComponent(query)}`,
    );
    await expectNothingMade(seats.auditor);
  }
  await seats.admin.goto("/settings/people");
  await expect(seats.admin.getByRole("row").filter({ hasText: name })).toHaveCount(1);
  await admin.people.disable.mutate({ personId });
  expect(complaints.grave()).toEqual([]);
});

/** No element came out of a text: nothing with a handler, no frame, no foreign address. */
async function expectNothingMade(page: Page): Promise<void> {
  const made = await page.evaluate(() =>
    [
      ...document.querySelectorAll(
        "[onerror],[onload],[onfocus],[ontoggle],[onbegin],[onstart],iframe,object,embed,base,marquee,math," +
          "a[href^='javascript:' i],[formaction],[src*='evil.example'],[href*='evil.example'],meta[http-equiv=refresh]",
      ),
    ].map((element) => element.outerHTML.slice(0, 200)),
  );
  expect(made, page.url()).toEqual([]);
}
