import { alertOf, approveJob, expectJobState, previewStage, requestPlan } from "./pages.ts";
import { expect, test } from "./fixtures.ts";
import { hostWithGuests } from "./guests.ts";

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
  await operator.getByLabel("Reason").fill("The build machine is too large");
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
