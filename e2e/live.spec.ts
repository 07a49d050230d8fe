import { expectState } from "./expectations.ts";
import { expect, test } from "./fixtures.ts";
import { expectJobState, previewStage, requestPlan, runPlan } from "./pages.ts";
import { approveThrough, requestThrough } from "./requests.ts";

test("a line that a step writes is on the page a moment later", async ({
  operator,
  cast,
  cloud,
  tenants,
  sql,
}) => {
  const tenant = await tenants.before("1", "lines");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  // Holds the job inside a call, so that what is measured is not its end.
  const held = { service: "identity", method: "POST", pathPrefix: "/v3/users" } as const;
  await cloud.addFault({ match: held, times: 1, effect: "delay_ms", delayMs: 4_000 });
  await operator.goto(`/jobs/${jobId}`);
  await expectJobState(operator, "Waiting for a second person");
  await approveThrough(await cast.api("reviewer"), jobId);

  const output = operator.getByRole("group", { name: /^Output of job/ });
  await expect(output).toContainText("domain.id = ");
  await expectJobState(operator, "Running");
  await expect(operator.getByRole("progressbar").first()).toBeVisible();
  const [line] = await sql<{ at: string }[]>`
    select extract(epoch from at) * 1000 as at from output_line where job_id = ${jobId} and text like 'domain.id = %'`;
  // The figure itself is measured in bench/; a page that polls, or waits for the end, shows here.
  expect(Date.now() - Number(line?.at)).toBeLessThan(3_500);
  await expectJobState(operator, "Passed");
});

test("a page that was cut off goes on from where it was and misses no line", async ({
  operator,
  cast,
  cloud,
  tenants,
  sql,
}) => {
  const tenant = await tenants.before("1", "cutoff");
  const { jobId } = await requestThrough(await cast.api("operator"), { tenantId: tenant.id, stageKey: "1" });
  const held = { service: "identity", method: "POST", pathPrefix: "/v3/domains" } as const;
  await cloud.addFault({ match: held, times: 1, effect: "delay_ms", delayMs: 3_000 });
  await operator.goto(`/jobs/${jobId}`);
  await approveThrough(await cast.api("reviewer"), jobId);
  const output = operator.getByRole("group", { name: /^Output of job/ });
  await expect(output).toContainText("Comparing the approved plan with the cloud");

  await operator.context().setOffline(true);
  await expectState(await cast.api("auditor"), jobId, "succeeded");
  await expect(operator.getByText("This page no longer hears of changes")).toBeVisible({ timeout: 30_000 });
  await expect(output).not.toContainText("gate-1: passed");

  await operator.context().setOffline(false);
  await expectJobState(operator, "Passed");
  await expect(operator.getByText("This page no longer hears of changes")).toHaveCount(0);
  const lines = await sql<{ seq: number; text: string }[]>`
    select seq, text from output_line where job_id = ${jobId} order by seq`;
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_line, at) => at + 1));
  await expect(output).toContainText("gate-1: passed");
  await output.evaluate((box) => box.scrollTo(0, 0));
  for (const { text } of lines.slice(0, 8)) await expect(output).toContainText(text);
});

test("an open inbox learns of a request, and of its decision, without a reload", async ({
  operator,
  reviewer,
  cast,
  tenants,
}) => {
  const tenant = await tenants.before("1", "inbox");
  await reviewer.goto("/inbox");
  const row = reviewer.getByRole("listitem").filter({ hasText: tenant.slug });
  await expect(row).toHaveCount(0);
  await previewStage(operator, tenant.id, "1");
  const jobId = await requestPlan(operator);
  await expect(row).toHaveCount(1);
  await approveThrough(await cast.api("reviewer"), jobId);
  await expect(row).toHaveCount(0);
});

test("a job that ends while its page is still on the way to the browser is shown as ended", async ({
  operator,
  cast,
  tenants,
}) => {
  const tenant = await tenants.start("overtaken");
  await previewStage(operator, tenant.id, "0");
  const api = await cast.api("auditor");
  await operator.route(/\/jobs\/[0-9a-f-]{36}\?.*_rsc=/, async (route) => {
    const response = await route.fetch();
    const jobId = /\/jobs\/([0-9a-f-]{36})/.exec(route.request().url())?.[1] ?? "";
    await expectState(api, jobId, "succeeded");
    await route.fulfill({ response });
  });
  await runPlan(operator);
  await expectJobState(operator, "Passed", 20_000);
});
