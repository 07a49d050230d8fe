import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { asRoot, installPackage, isDebian } from "./debian.mjs";
import { inRoot } from "./paths.mjs";
import { task } from "./progress.mjs";
import { run, toolPath } from "./run.mjs";

const CANDIDATES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** A name alone is not enough: Ubuntu's chromium-browser only says that a snap should be installed. */
const runs = (path) => existsSync(path) && spawnSync(path, ["--version"], { timeout: 20_000 }).status === 0;

/** Path of a Chromium or Chrome on this machine, or null. */
export const findBrowser = () => CANDIDATES.find(runs) ?? null;

/** Answers the browser for the tests and installs one where there is none; null means Playwright's own. */
export async function ensureBrowser(node) {
  const found = findBrowser();
  if (found !== null) return found;
  return (await installFromSystem()) ?? installFromPlaywright(node);
}

async function installFromSystem() {
  return (await installPackage("Browser", "chromium")) ? findBrowser() : null;
}

async function installFromPlaywright(node) {
  const withDeps = asRoot() !== null && isDebian() ? ["--with-deps"] : [];
  await task("Browser (playwright install)", () =>
    run([node, inRoot("node_modules/@playwright/test/cli.js"), "install", ...withDeps, "chromium"], {
      env: { PATH: toolPath(node) },
    }),
  );
  return null;
}
