import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { expectJobState, stagePath } from "./pages.ts";
import { approveThrough, requestThrough } from "./requests.ts";

/** The assertion of a gate's verdict that begins with these words. */
const assertionOf = (page: Page, says: string) =>
  page.getByRole("region", { name: "Gate verdict" }).getByRole("listitem").filter({ hasText: says });

test("application credentials barred from trusts: told apart before anything is built", async ({
  operator,
  cloud,
  tenants,
}) => {
  const tenant = await tenants.before("3", "barred");
  await cloud.setPolicy({ appCredTrust: false });
  const [verdict] = await tenants.run(tenant, ["3"]);
  expect(verdict?.state).toBe("failed");

  await operator.goto(stagePath(tenant.id, "3"));
  await expect(operator.getByRole("region", { name: "Gate verdict" })).toContainText("Failed: 6 of 7 hold");
  const barred = assertionOf(operator, "Application credentials may handle trusts on this cloud");
  await expect(barred).toContainText("barred");
  await expect(barred).toContainText("allow_insecure_application_credential_trust_escalation");

  await test.step("the next stage stays closed and says after what it opens", async () => {
    await operator.goto(stagePath(tenant.id, "4"));
    await expect(operator.getByRole("button", { name: "Preview", exact: true })).toBeDisabled();
    await expect(operator.getByRole("main")).toContainText("Opens after stage 3");
  });

  await test.step("with the cloud corrected the same stage passes and opens the next", async () => {
    await cloud.setPolicy({ appCredTrust: true });
    await tenants.pass(tenant, ["3"]);
    await expect(operator.getByRole("button", { name: "Preview", exact: true })).toBeEnabled();
  });
});

test("a policy that keeps Magnum from making its trustee fails the last gate with that cause", async ({
  operator,
  cast,
  cloud,
  tenants,
}) => {
  test.setTimeout(240_000);
  await cloud.setPolicy({ createUser: "broken" });
  const tenant = await tenants.before("6-7", "trustee");
  const { jobId } = await requestThrough(await cast.api("operator"), {
    tenantId: tenant.id,
    stageKey: "6-7",
  });
  await approveThrough(await cast.api("reviewer"), jobId);
  await operator.goto(`/jobs/${jobId}`);
  await expectJobState(operator, "Failed");

  const main = operator.getByRole("main");
  await expect(main).toContainText("Magnum could create its trustee");
  await expect(main).toContainText("CVE-2026-42999");
  await operator.getByRole("tab", { name: /^Evidence/ }).click();
  await expect(assertionOf(operator, "Magnum could create its trustee")).toContainText("trustee_refused");
  // The other causes are not claimed as well.
  await expect(assertionOf(operator, "Keystone let the trust be made")).not.toContainText("trust_refused:");
  await operator.goto(stagePath(tenant.id, "6-7"));
  await expect(main).toContainText("Opens when every stage has passed");
  await expect(operator.getByRole("button", { name: "Hand over", exact: true })).toHaveCount(0);
});
