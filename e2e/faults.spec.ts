import { expect, test } from "./fixtures.ts";
import type { EmbeddedCloud } from "./cloud.ts";
import { expectJobState, stagePath } from "./pages.ts";
import { expectState } from "./expectations.ts";
import { approveThrough, requestThrough } from "./requests.ts";

const domains = { service: "identity", pathPrefix: "/v3/domains" } as const;
const users = { service: "identity", pathPrefix: "/v3/users" } as const;

async function made(cloud: EmbeddedCloud, slug: string) {
  return {
    domains: await cloud.names(`/identity/v3/domains?name=${slug}`, "domains"),
    managers: await cloud.names(`/identity/v3/users?name=${slug}-domain-admin`, "users"),
  };
}

const once = (slug: string) => ({ domains: [slug], managers: [`${slug}-domain-admin`] });

test("an error of the cloud in the middle: what was done stays, what was not is said, the rest is run again", async ({
  operator,
  cast,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("1", "error");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await cloud.addFault({ match: { ...users, method: "POST" }, times: 1, effect: "http500" });
  await approveThrough(await cast.api("reviewer"), jobId);
  await operator.goto(`/jobs/${jobId}`);
  await expectJobState(operator, "Failed");
  await expect(operator.getByRole("main")).toContainText("stopped at POST /users");
  await expect(operator.getByRole("main")).toContainText("Nothing after this call was sent.");
  expect(await made(cloud, tenant.slug)).toEqual({ domains: [tenant.slug], managers: [] });

  await tenants.pass(tenant, ["1"]);
  expect(await made(cloud, tenant.slug)).toEqual(once(tenant.slug));
});

test("the connection is cut after the request: the cloud is asked, nothing is sent twice", async ({
  operator,
  cast,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("1", "cut");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await cloud.addFault({ match: { ...domains, method: "POST" }, times: 1, effect: "cut_after" });
  await approveThrough(await cast.api("reviewer"), jobId);
  await operator.goto(`/jobs/${jobId}`);
  await expectJobState(operator, "Passed");
  expect(await cloud.faultsLeft()).toBe(0);
  expect(await made(cloud, tenant.slug)).toEqual(once(tenant.slug));
  const output = operator.getByRole("group", { name: /^Output of job/ });
  await expect(output).toContainText("The answer is lost.");
});

test("nobody can know whether a call took: two people settle it, and only then the tenant goes on", async ({
  operator,
  reviewer,
  cast,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("1", "unknown");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  const post = { ...domains, method: "POST" };
  await cloud.addFault({ match: post, times: 1, effect: "cut_after" });
  await cloud.addFault({ match: post, times: 1, effect: "delay_ms", delayMs: 2_000 });
  await approveThrough(await cast.api("reviewer"), jobId);
  // The call has arrived and hangs; from now on the cloud cannot be asked about it either.
  await expect.poll(() => cloud.faultsLeft(), { timeout: 30_000, intervals: [50] }).toBe(0);
  await cloud.addFault({ match: { ...domains, method: "GET" }, times: 20, effect: "http500" });
  await operator.goto(`/jobs/${jobId}`);
  await expectJobState(operator, "Outcome unknown");
  await cloud.clearFaults();

  await test.step("the stage is closed meanwhile", async () => {
    await operator.goto(stagePath(tenant.id, "1"));
    await expect(operator.getByRole("button", { name: "Preview", exact: true })).toBeDisabled();
    await expect(operator.getByRole("main")).toContainText("Two people have to settle it first");
  });
  await test.step("the page shows what was looked up", async () => {
    await operator.goto(`/jobs/${jobId}`);
    const looked = operator.getByRole("list", { name: "What was looked up" });
    await expect(looked.getByRole("listitem")).toHaveCount(1);
    await expect(looked).toContainText("domain.create");
  });
  await test.step("one person's word is not enough, and not twice the same person's", async () => {
    await operator.goto(`/jobs/${jobId}`);
    await operator.getByRole("radio", { name: /^It happened/ }).check();
    await operator.getByRole("textbox", { name: "Reason" }).fill("The domain is in the list");
    await operator.getByRole("button", { name: "Record what I saw" }).click();
    await expect(operator.getByText("A second person has to give theirs.")).toBeVisible();
    await expect(operator.getByRole("button", { name: "Record what I saw" })).toHaveCount(0);
  });
  await test.step("the second person settles it", async () => {
    await reviewer.goto("/inbox");
    const row = reviewer
      .getByRole("list", { name: "Decide" })
      .getByRole("listitem")
      .filter({ hasText: tenant.slug });
    await row.getByRole("link", { name: /^Settle/ }).click();
    await reviewer.getByRole("radio", { name: /^It happened/ }).check();
    await reviewer.getByRole("textbox", { name: "Reason" }).fill("I see it as well");
    await reviewer.getByRole("button", { name: "Record what I saw" }).click();
    await expectJobState(reviewer, "Outcome settled: it happened");
    await expectJobState(operator, "Outcome settled: it happened");
  });
  await tenants.pass(tenant, ["1"]);
  expect(await made(cloud, tenant.slug)).toEqual(once(tenant.slug));
});

test("the runner is killed in the middle of a call: another one goes on and repeats nothing", async ({
  operator,
  cast,
  cloud,
  tenants,
  sql,
}) => {
  const tenant = await tenants.before("1", "killed");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await cloud.addFault({ match: { ...users, method: "POST" }, times: 1, effect: "delay_ms", delayMs: 1_500 });
  await approveThrough(await cast.api("reviewer"), jobId);
  await operator.goto(`/jobs/${jobId}`);
  await expect.poll(() => cloud.faultsLeft(), { timeout: 30_000, intervals: [50] }).toBe(0);
  const [runner] = await sql<{ pid: number }[]>`
    select pid from runner where stopped_at is null order by started_at desc limit 1`;
  process.kill(runner?.pid ?? Number.NaN, "SIGKILL");

  await expectJobState(operator, "Passed", 90_000);
  expect(await made(cloud, tenant.slug)).toEqual(once(tenant.slug));
  const { journal } = await (await cast.api("auditor")).jobs.get.query({ jobId });
  expect(journal.map(({ kind }) => kind)).toContain("recovered");
  const intents = journal.filter(({ kind }) => kind === "intent").map(({ callId }) => callId);
  expect(intents).toEqual([...new Set(intents)]);
});

test("a running job is cancelled: it stops after the call it is in and says what is left", async ({
  operator,
  cast,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("1", "cancel");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  await cloud.addFault({
    match: { ...domains, method: "POST" },
    times: 1,
    effect: "delay_ms",
    delayMs: 4_000,
  });
  await operator.goto(`/jobs/${jobId}`);
  await approveThrough(await cast.api("reviewer"), jobId);
  await operator.getByRole("button", { name: "Cancel job" }).click();
  await operator.getByRole("dialog").getByRole("button", { name: "Cancel job" }).click();
  await expectJobState(operator, "Cancelled");
  await expect(operator.getByRole("main")).toContainText(
    /Cancelled after 1 of \d+ calls|Cancelled before anything/,
  );
  expect((await made(cloud, tenant.slug)).managers).toEqual([]);
  await expectState(await cast.api("auditor"), jobId, "cancelled");
});
