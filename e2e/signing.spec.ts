import type { Connection } from "#db/client.ts";
import { expectScreen } from "./checks.ts";
import type { EmbeddedCloud } from "./cloud.ts";
import { expect, test } from "./fixtures.ts";
import { proveAgain } from "./people.ts";
import { approveJob, expectJobState, previewStage, requestPlan } from "./pages.ts";
import { downloadOperation, enrolKey } from "./signers.ts";

/** Every row of every table as text, but what is sealed. */
async function storedText(sql: Connection["sql"]): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public'`;
  const dumps = await Promise.all(
    tables.map(
      ({ name }) => sql<{ row: string }[]>`select (to_jsonb(t) - 'sealed')::text as row from ${sql(name)} t`,
    ),
  );
  return dumps
    .flat()
    .map(({ row }) => row)
    .join("\n");
}

async function clusterStatus(cloud: EmbeddedCloud, clusterId: string): Promise<number> {
  const path = `/container-infra/v1/clusters/${clusterId}`;
  return (await cloud.call("GET", path, { token: await cloud.adminToken() })).status;
}

test("a cluster is deleted on an approval and a third person's signature, and is gone", async ({
  operator,
  reviewer,
  both,
  admin,
  tenants,
  cloud,
  keys,
  sql,
}) => {
  test.setTimeout(300_000);
  const key = await keys.make();
  await enrolKey(admin, reviewer, { owner: "Oscar Operator", key });
  await admin.goto("/settings/signers");
  await expect(admin.getByRole("cell", { name: /^Oscar Operator/ }).first()).toBeVisible();
  await expectScreen(admin, "signers");
  const tenant = await tenants.start("sign");
  await tenants.pass(
    tenant,
    tenant.stages.map(({ key: stage }) => stage),
  );

  await tenants.looks(tenant, ["R0"]);
  await operator.goto(`/tenants/${tenant.id}`);
  await operator
    .getByRole("navigation", { name: "Removal" })
    .getByRole("link", { name: /R1\s*The cluster/ })
    .click();
  await operator.waitForURL(/stages\/R1/);
  await previewStage(operator, tenant.id, "R1");
  await expect(operator.getByText("will be deleted with everything that runs in it")).toBeVisible();
  const jobId = await requestPlan(operator, { reason: "The client leaves" });

  await reviewer.goto(`/approvals/${jobId}`);
  await expect(reviewer.getByText(`Type ${tenant.slug} to approve`)).toBeVisible();
  await approveJob(reviewer, jobId, "Their contract is over");
  await expectJobState(reviewer, "Waiting for a signature");
  await operator.goto(`/approvals/${jobId}#sign`);
  await expect(operator.getByRole("button", { name: "Hand in the signature" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );

  await both.goto(`/approvals/${jobId}#sign`);
  await expect(
    both.getByText(/^ssh-keygen -Y sign -n countersign-op-v1 -f ~\/\.ssh\/id_ed25519 job-/),
  ).toBeVisible();
  await both.getByText("Windows (PowerShell)").click();
  await expect(both.getByText(/\$env:USERPROFILE/).first()).toBeVisible();

  await expectScreen(both, "signing");
  const secret = await key.privateText();
  const sent: string[] = [];
  both.on("request", (request) => sent.push(request.postData() ?? ""));
  const field = both.getByRole("textbox", { name: "Signature" });
  await field.fill(secret);
  await expect(both.getByRole("alert").filter({ hasText: "This is a private key" })).toBeVisible();
  await expect(field).toHaveValue("");

  const bytes = await downloadOperation(both);
  const handIn = async (armored: string) => {
    await field.fill(armored);
    await both.getByRole("button", { name: "Hand in the signature" }).click();
  };
  const steps = both.getByRole("list", { name: "How the signature was verified" });
  await handIn(await key.sign(Buffer.concat([bytes, Buffer.from("\n")])));
  await expect(steps.locator('[data-step="signer"]')).toHaveAttribute("data-verdict", "passed");
  await expect(steps.locator('[data-step="signature"]')).toHaveAttribute("data-verdict", "failed");
  await expect(steps.locator('[data-step="signature"]')).toContainText("ErrBadSignature");
  await expect(steps.locator('[data-step="nonce"]')).toHaveAttribute("data-verdict", "not_reached");
  await expectScreen(both, "signature refused");
  await handIn(await (await keys.make()).sign(bytes));
  await expect(steps.locator('[data-step="signer"]')).toContainText("ErrUnknownSigner");

  const [value] = await sql<{ id: string }[]>`
    select value #>> '{}' as id from tenant_value where tenant_id = ${tenant.id} and name = 'cluster_id'`;
  const clusterId = value?.id ?? "";
  expect(await clusterStatus(cloud, clusterId)).toBe(200);
  await handIn(await key.sign(bytes));
  await expect(
    both.getByText("signed exactly this plan").or(both.getByRole("dialog", { name: "Is it still you?" })),
  ).toBeVisible();
  await proveAgain(both);
  await expect(both.getByText("signed exactly this plan")).toBeVisible();
  await both.goto(`/jobs/${jobId}`);
  await expectJobState(both, "Passed", 120_000);
  await both.getByRole("tab", { name: /Evidence/ }).click();
  await expect(both.getByText("gone").first()).toBeVisible();
  expect(await clusterStatus(cloud, clusterId)).toBe(404);

  const stored = await storedText(sql);
  for (const line of secret.split("\n").filter((one) => one.length > 20 && !one.startsWith("-----"))) {
    expect(sent.join("\n")).not.toContain(line);
    expect(stored).not.toContain(line);
  }
});
