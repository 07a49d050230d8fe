import { availableParallelism } from "node:os";
import { defineConfig, devices } from "@playwright/test";

/** A console and a browser keep a core busy; more of them at once only wait for each other. */
const WORKERS = Math.min(4, Math.max(1, availableParallelism()));
const chromium = process.env["CHROMIUM_PATH"];

/**
 * Every window of Chromium draws the popup of an address bar, which nobody opens here, in a process of its own; they cost
 * as much as the pages. A browser minds one such list only, so Playwright's own stands in it as well.
 */
const FEATURES_OFF = [
  "WebUIOmniboxPopup,WebUIOmniboxAimPopup",
  "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
];

/** Browser tests: each worker has a browser and a whole console of its own, and tells one story after another. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/browser",
  workers: WORKERS,
  // A second try is told apart as flaky in the report; it keeps one slow moment of a shared machine from hiding the rest.
  retries: process.env["CI"] === undefined ? 0 : 1,
  forbidOnly: process.env["CI"] !== undefined,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1280, height: 800 },
    actionTimeout: 30_000,
    navigationTimeout: 40_000,
    // Recording costs a third of the time of every story; the second try of a failed one is recorded.
    trace: "on-first-retry",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(chromium === undefined || chromium === "" ? {} : { executablePath: chromium }),
      args: [
        `--disable-features=${FEATURES_OFF.join(",")}`,
        // Chromium's sandbox does not start as root.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    },
  },
  projects: [{ name: "chromium" }],
});
