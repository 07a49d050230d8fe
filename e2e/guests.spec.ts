import { expectScreen } from "./checks.ts";
import { alertOf, approveJob, expectJobState, previewStage, requestPlan } from "./pages.ts";
import { expect, test } from "./fixtures.ts";
import { hostWithGuests } from "./guests.ts";
import { proveAgain } from "./people.ts";
import { downloadOperation, enrolKey } from "./signers.ts";

test("guests are brought to where a desired state wants them, once a second person has approved it", async ({
  operator,
  reviewer,
  cast,
}) => {
  const hostId = await hostWithGuests(await cast.api("operator"));
  await operator.goto("/guests");
  await operator.getByRole("link", { name: "pve1" }).click();
  await expect(operator).toHaveTitle(/^Guests of pve1/);
  await expect(operator.getByRole("table", { name: "Guests, wanted beside actual" })).toContainText("build");

  const document = operator.getByLabel("Document");
  const save = operator.getByRole("button", { name: "Save the next generation" });
  await operator.getByLabel("Reason", { exact: true }).fill("The build machine is too large");
  await document.fill('{"guests": [{"vmid": 103, "cores": "two"}]}');
  await save.click();
  await expect(operator.getByText(/guests\[0\]\.cores: is a whole number/)).toBeVisible();

  await document.fill('{"guests": [{"vmid": 103, "run_state": "running", "memory_bytes": 3221225473}]}');
  await save.click();
  const lanes = operator.getByRole("list", { name: "Lanes" });
  await expect(lanes).toContainText("Guest 103");
  await expect(lanes).toContainText("Memory, MiB: 4096 becomes 3072");
  await expect(lanes).toContainText("1. set_config");
  await expect(lanes).toContainText("2. start");
  await expect(alertOf(operator)).toHaveCount(0);

  await previewStage(operator, hostId, "G1");
  const jobId = await requestPlan(operator, { reason: "The build machine is too large" });
  await approveJob(reviewer, jobId);
  await expectJobState(reviewer, "Passed");

  await operator.goto(`/guests/${hostId}`);
  await expect(operator.locator("header").getByText("As wanted")).toBeVisible({ timeout: 30_000 });
  await expect(operator.getByRole("region", { name: "What was done" })).toContainText("Passed");
});

test("a guest is destroyed on an approval and a signature, and recovery mode closes the host for a time", async ({
  operator,
  reviewer,
  both,
  admin,
  cast,
  keys,
}) => {
  test.setTimeout(180_000);
  const key = await keys.make();
  await enrolKey(admin, reviewer, { owner: "Oscar Operator", key });
  const hostId = await hostWithGuests(await cast.api("operator"));
  await operator.goto(`/guests/${hostId}`);
  await operator.getByLabel("Reason", { exact: true }).fill("The old wiki is archived");
  await operator
    .getByLabel("Document")
    .fill('{"guests": [], "intents": [{"op": "guest_destroy", "vmid": 104, "scratch": true}]}');
  await operator.getByRole("button", { name: "Save the next generation" }).click();
  await expect(operator.getByRole("list", { name: "Generations" })).toContainText(
    "Guest 104, Intent: anything becomes guest_destroy",
  );
  await expect(operator.getByText("Ignored, because it came from outside: scratch.")).toBeVisible();
  await operator.getByRole("link", { name: "Preview what destroys" }).click();
  await operator.waitForURL(/stages\/G2/);
  await previewStage(operator, hostId, "G2");
  await expect(operator.getByText("is destroyed with its disks").first()).toBeVisible();
  const jobId = await requestPlan(operator, { reason: "The old wiki is archived" });
  await approveJob(reviewer, jobId, "The archive was read");

  await both.goto(`/guests/${hostId}`);
  await both.getByRole("link", { name: /^Sign job/ }).click();
  await both.waitForURL(/approvals/);
  const bytes = await downloadOperation(both);
  expect(bytes.toString()).toContain('"guest_id":"pve1/104"');
  await both.getByRole("textbox", { name: "Signature" }).fill(await key.sign(bytes));
  await both.getByRole("button", { name: "Hand in the signature" }).click();
  const signed = both.getByText("signed exactly this plan");
  await expect(signed.or(both.getByRole("dialog", { name: "Is it still you?" }))).toBeVisible();
  await proveAgain(both);
  await expect(signed).toBeVisible();
  await both.goto(`/jobs/${jobId}`);
  await expectJobState(both, "Passed");

  await operator.goto(`/guests/${hostId}`);
  const journal = operator.getByRole("table", { name: "Journal of this host" });
  await expect(journal).toContainText(":qmdestroy:104:");
  await operator.getByLabel("Why recovery is needed").fill("The token may be known");
  await operator.getByRole("button", { name: "Arm recovery mode" }).click();
  await expect(operator.getByText(/It ends by itself in (29|30) m/)).toBeVisible();
  await expectScreen(operator, "host in recovery mode");
  await operator.getByRole("button", { name: "End recovery mode" }).click();
  await expect(operator.getByRole("button", { name: "Arm recovery mode" })).toBeVisible();
});
