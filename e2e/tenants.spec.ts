import { randomUUID } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { expectJobState, previewStage, stagePath } from "./pages.ts";
import { expectRefused } from "./expectations.ts";
import { planThrough } from "./requests.ts";

const INPUTS = { instances: 10, cores: 20, ramMb: 51_200, nodeCount: 1 };

async function openForm(page: Page): Promise<Locator> {
  await page.goto("/tenants?new=true");
  const form = page.getByRole("dialog", { name: "New tenant" });
  await expect(form).toBeVisible();
  return form;
}

/** The sentence that belongs to a field, as assistive technology finds it. */
async function expectSaid(field: Locator, sentence: string | RegExp): Promise<void> {
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(sentence);
}

const NAMES = [
  ["Acme", /lower-case letter first/],
  ["9lives", /lower-case letter first/],
  ["a", /2 to 31 characters/],
  ["acme_corp", /letters, digits or hyphens/],
  ["acme-", "does not end with a hyphen"],
  ["a".repeat(32), /2 to 31 characters/],
  ["acmé", /lower-case letter first/],
  ["magnum", "This name is reserved"],
  ["admin-domain", "This name is reserved"],
] as const;

const NETWORKS = [
  ["", "Enter the tenant network"],
  ["10.20.5.0", "is not a network"],
  ["10.20.5.1/24", "has host bits set. The network with that prefix is 10.20.5.0/24"],
  ["10.20.300.0/24", "has a part outside 0 to 255"],
  ["10.20.5.0/33", "is not a prefix length"],
  ["10.20.5.0/30", "A tenant network is /16 to /28"],
  ["192.168.5.0/24", "is outside the tenant pool 10.20.0.0/16"],
] as const;

test("a client name that cannot be one is refused at its field, and nothing is made", async ({
  operator,
}) => {
  const form = await openForm(operator);
  await form.getByLabel("Tenant network").fill("10.20.250.0/24");
  const field = form.getByLabel("Client name");
  for (const [name, sentence] of NAMES) {
    await field.fill(name);
    await form.getByRole("button", { name: "Create tenant" }).click();
    await expectSaid(field, typeof sentence === "string" ? new RegExp(sentence) : sentence);
  }
  await operator.goto("/tenants");
  await expect(operator.getByRole("link", { name: /^(magnum|admin-domain|acme_corp)$/ })).toHaveCount(0);
});

test("a network that cannot be one, or is not free, is refused at its field", async ({
  operator,
  tenants,
}) => {
  const neighbour = await tenants.start("near");
  const { slug } = await tenants.free();
  const form = await openForm(operator);
  await form.getByLabel("Client name").fill(slug);
  const field = form.getByLabel("Tenant network");
  const overlapping = neighbour.cidr.replace(".0/24", ".128/25");
  for (const [network, sentence] of [...NETWORKS, [overlapping, `which ${neighbour.slug} uses`] as const]) {
    await field.fill(network);
    await form.getByRole("button", { name: "Create tenant" }).click();
    await expectSaid(field, new RegExp(sentence.replaceAll(".", "\\.")));
  }
  // What was entered is still there, and a free network goes through.
  const { cidr } = await tenants.free();
  await field.fill(cidr);
  await form.getByRole("button", { name: "Create tenant" }).click();
  await operator.waitForURL(/\/tenants\/[0-9a-f-]{36}/);
});

test("numbers out of bounds are refused at their fields", async ({ operator }) => {
  const form = await openForm(operator);
  for (const [label, value] of [
    ["Instances", "0"],
    ["Cores", "1.5"],
    ["Memory in MiB", "many"],
    ["Worker nodes", "101"],
  ] as const) {
    await form.getByLabel(label).fill(value);
  }
  await form.getByRole("button", { name: "Create tenant" }).click();
  for (const label of ["Instances", "Cores", "Memory in MiB", "Worker nodes"]) {
    await expect(form.getByLabel(label)).toHaveAttribute("aria-invalid", "true");
  }
});

test("an existing name is refused at its field; the same name by two operators makes one tenant", async ({
  operator,
  cast,
  tenants,
  sql,
}) => {
  const { slug, cidr } = await tenants.free("twice");
  const api = await cast.api("operator");
  const other = await cast.api("both");
  const { cloud } = await api.tenants.board.query({ cloudId: null });
  const wanted = { slug, cloudId: cloud?.id ?? "", inputs: { ...INPUTS, cidr } };
  const [first, second] = await Promise.allSettled([
    api.tenants.create.mutate(wanted),
    other.tenants.create.mutate(wanted),
  ]);
  expect([first.status, second.status].toSorted()).toEqual(["fulfilled", "rejected"]);
  const [row] = await sql<
    { count: number }[]
  >`select count(*)::int as count from tenant where slug = ${slug}`;
  expect(row?.count).toBe(1);

  const form = await openForm(operator);
  await form.getByLabel("Client name").fill(slug);
  await form.getByLabel("Tenant network").fill((await tenants.free()).cidr);
  await form.getByRole("button", { name: "Create tenant" }).click();
  await expectSaid(form.getByLabel("Client name"), new RegExp(`A tenant named ${slug} exists on embedded`));
});

test("a double click makes one tenant and one job", async ({ operator, tenants, sql }) => {
  const { slug, cidr } = await tenants.free("click");
  const form = await openForm(operator);
  await form.getByLabel("Client name").fill(slug);
  await form.getByLabel("Tenant network").fill(cidr);
  await form.getByRole("button", { name: "Create tenant" }).dblclick();
  await operator.waitForURL(/\/tenants\/[0-9a-f-]{36}/);
  const tenantId = /\/tenants\/([0-9a-f-]{36})/.exec(operator.url())?.[1] ?? "";
  const [made] = await sql<
    { count: number }[]
  >`select count(*)::int as count from tenant where slug = ${slug}`;
  expect(made?.count).toBe(1);

  await previewStage(operator, tenantId, "0");
  await operator.getByRole("button", { name: "Run", exact: true }).dblclick();
  await expectJobState(operator, "Passed");
  const [ran] = await sql<
    { count: number }[]
  >`select count(*)::int as count from job where tenant_id = ${tenantId}`;
  expect(ran?.count).toBe(1);
});

test("two operators at one stage: the second is told, whichever way they ask", async ({
  operator,
  both,
  cast,
  tenants,
}) => {
  const tenant = await tenants.before("1", "rivals");
  await previewStage(operator, tenant.id, "1");
  await previewStage(both, tenant.id, "1");
  await operator.getByRole("textbox", { name: "Reason" }).fill("I was first");
  await operator.getByRole("button", { name: "Request approval" }).click();
  await operator.waitForURL(/\/jobs\//);

  await test.step("on a page that has not heard of it", async () => {
    const api = await cast.api("both");
    await both.getByRole("textbox", { name: "Reason" }).fill("I was second");
    const button = both.getByRole("button", { name: "Request approval" });
    // The page follows by itself; the button then says why it is closed.
    await expect(button).toBeDisabled();
    await expect(both.getByRole("main")).toContainText("A job of this stage is under way.");
    await expectRefused(api.jobs.preview.mutate({ tenantId: tenant.id, stageKey: "1" }), "stage_closed");
  });
});

test("two operators who ask for one stage in the same moment make one job", async ({
  cast,
  tenants,
  sql,
}) => {
  const tenant = await tenants.before("1", "moment");
  const apis = [await cast.api("operator"), await cast.api("both")];
  const plans = await Promise.all(apis.map((api) => planThrough(api, tenant.id, "1")));
  const asked = await Promise.allSettled(
    apis.map((api, at) =>
      api.jobs.request.mutate({
        planId: plans[at]?.planId ?? "",
        contentDigest: plans[at]?.contentDigest ?? "",
        idempotencyKey: randomUUID(),
        reason: "At once",
        startsOnApproval: true,
      }),
    ),
  );
  expect(asked.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from job where tenant_id = ${tenant.id} and stage_key = '1'`;
  expect(row?.count).toBe(1);
});

test("a preview that has grown old is not acted on: the page closes it, the server refuses it", async ({
  operator,
  cast,
  tenants,
  sql,
}) => {
  const tenant = await tenants.before("1", "stale");
  const api = await cast.api("operator");
  const { planId, contentDigest } = await planThrough(api, tenant.id, "1");
  await previewStage(operator, tenant.id, "1");
  await sql`update plan set created_at = created_at - interval '20 minutes' where tenant_id = ${tenant.id}`;
  await expect(operator.getByText("This preview is too old to act on")).toBeVisible();
  await expect(operator.getByRole("button", { name: "Request approval" })).toHaveCount(0);
  const late = {
    planId,
    contentDigest,
    idempotencyKey: randomUUID(),
    reason: "Late",
    startsOnApproval: true,
  };
  await expectRefused(api.jobs.request.mutate(late), "preview_old");
});

test("an address that leads nowhere says so", async ({ operator }) => {
  for (const path of [
    stagePath(randomUUID(), "0"),
    `/jobs/${randomUUID()}`,
    `/approvals/${randomUUID()}`,
    "/nowhere",
  ]) {
    const answer = await operator.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(operator.getByRole("link", { name: /inbox/i }).first()).toBeVisible();
  }
});
