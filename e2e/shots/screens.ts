import type { Page } from "@playwright/test";
import type { Scene } from "./scene.ts";

/** One picture: who looks, where, and what is done before it is taken. */
export interface Screen {
  name: string;
  path: string;
  who: "Olivia Operator" | "Rita Reviewer" | "Ada Admin" | "Mara Manager" | "Aurel Auditor" | null;
  open?: (page: Page) => Promise<unknown>;
  /** Taken for the README as well, in this theme. */
  readme?: "light" | "dark";
}

const OPERATOR = "Olivia Operator";
const REVIEWER = "Rita Reviewer";

const preview = async (page: Page) => {
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  await page.getByText("Digest of this plan").waitFor();
};
const compared = (page: Page) => page.getByText("The cloud is as it was when this was asked for").waitFor();
const press = (key: string) => async (page: Page) => {
  await page.keyboard.press(key);
  await page.getByRole("dialog").waitFor();
};

/** Every screen, in the order a person meets them. */
export function screensOf(scene: Scene): readonly Screen[] {
  const stage = (id: string, key: string) => `/tenants/${id}/stages/${key}`;
  return [
    // The running one first: it does not run for ever.
    { name: "job-running", path: `/jobs/${scene.running.jobId}`, who: OPERATOR },
    { name: "sign-in", path: "/sign-in", who: null },
    { name: "inbox-reviewer", path: "/inbox", who: REVIEWER },
    { name: "inbox-operator", path: "/inbox", who: OPERATOR },
    { name: "tenants", path: "/tenants", who: OPERATOR, readme: "light" },
    { name: "tenant-new", path: "/tenants?new=true", who: OPERATOR },
    { name: "stage-open", path: stage(scene.open.id, "4"), who: OPERATOR },
    { name: "stage-preview", path: stage(scene.open.id, "4"), who: OPERATOR, open: preview },
    { name: "stage-passed", path: stage(scene.complete.id, "2"), who: OPERATOR },
    { name: "stage-failed", path: stage(scene.failed.id, "3"), who: OPERATOR },
    { name: "stage-locked", path: stage(scene.failed.id, "4"), who: OPERATOR },
    { name: "stage-waiting", path: stage(scene.waiting.id, "2"), who: "Mara Manager" },
    {
      name: "approval",
      path: `/approvals/${scene.waiting.jobId}`,
      who: REVIEWER,
      open: compared,
      readme: "light",
    },
    {
      name: "approval-drift",
      path: `/approvals/${scene.drifted.jobId}`,
      who: REVIEWER,
      open: (page) => page.getByText("As it would be now").first().waitFor(),
    },
    { name: "approval-own", path: `/approvals/${scene.waiting.jobId}`, who: OPERATOR },
    { name: "approval-refused", path: `/approvals/${scene.refused.jobId}`, who: OPERATOR },
    { name: "jobs", path: "/jobs", who: OPERATOR },
    { name: "job-passed", path: `/jobs/${scene.complete.jobId}`, who: OPERATOR },
    { name: "job-failed", path: `/jobs/${scene.failed.jobId}`, who: OPERATOR },
    { name: "job-evidence", path: `/jobs/${scene.failed.jobId}?tab=evidence`, who: OPERATOR },
    { name: "job-approvals", path: `/jobs/${scene.complete.jobId}?tab=approvals`, who: OPERATOR },
    { name: "job-journal", path: `/jobs/${scene.complete.jobId}?tab=journal`, who: OPERATOR },
    { name: "job-plan", path: `/jobs/${scene.complete.jobId}?tab=plan`, who: OPERATOR },
    { name: "job-unknown", path: `/jobs/${scene.unknown.jobId}`, who: OPERATOR },
    { name: "runbooks", path: "/runbooks", who: "Mara Manager" },
    { name: "runbook", path: "/runbooks/tenant-onboarding", who: "Mara Manager" },
    { name: "audit", path: "/audit", who: "Aurel Auditor" },
    { name: "audit-entry", path: "/audit/1", who: "Aurel Auditor" },
    { name: "rules", path: "/settings/rules", who: "Mara Manager" },
    { name: "signers", path: "/settings/signers", who: "Ada Admin" },
    { name: "people", path: "/settings/people", who: "Ada Admin" },
    { name: "people-closed", path: "/settings/people", who: "Mara Manager" },
    {
      name: "people-edit",
      path: "/settings/people",
      who: "Ada Admin",
      open: async (page) => {
        await page
          .getByRole("row")
          .filter({ hasText: "oscar@countersign.local" })
          .getByRole("button")
          .click();
        await page.getByRole("dialog").waitFor();
      },
    },
    { name: "palette", path: "/inbox", who: OPERATOR, open: press("Control+k") },
    { name: "keys", path: "/inbox", who: OPERATOR, open: press("?") },
    { name: "not-found", path: "/nowhere", who: OPERATOR },
    {
      name: "handover",
      path: stage(scene.complete.id, "6-7"),
      who: OPERATOR,
      open: async (page) => {
        await page.getByRole("button", { name: "Hand over", exact: true }).click();
        await page.getByRole("dialog").waitFor();
      },
    },
  ];
}
