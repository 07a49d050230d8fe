import { mkdirSync, rmSync } from "node:fs";
import { bootstrap } from "./lib/bootstrap.mjs";
import { ensureBrowser } from "./lib/browser.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { ensureOpenSsh } from "./lib/openssh.mjs";
import { inRoot } from "./lib/paths.mjs";
import { red, say } from "./lib/progress.mjs";
import { run, toolPath } from "./lib/run.mjs";
import {
  add,
  closingLine,
  failedInPlaywright,
  failedInVitest,
  failuresOf,
  isGood,
  tallyFile,
  tallyPlaywright,
  tallyVitest,
} from "./lib/tally.mjs";
import { verify } from "./lib/verify.mjs";

/** `npm test`: brings what is missing, then every check and every test, and one closing line of totals. */

const REPORTS = inRoot("test-results");
const VITEST = `${REPORTS}/vitest.json`;
const PLAYWRIGHT = `${REPORTS}/playwright.json`;

async function succeeds(command, env) {
  try {
    await run(command, { env, isShown: true });
    return true;
  } catch (error) {
    say(red(error.message.trimEnd()));
    return false;
  }
}

async function vitest(node) {
  const script = inRoot("node_modules/vitest/vitest.mjs");
  const reporters = ["default", "json", "./bin/lib/second-tries.mjs"].map((name) => `--reporter=${name}`);
  const args = ["run", ...reporters, `--outputFile.json=${VITEST}`];
  const isRunGood = await succeeds([node, script, ...args], { PATH: toolPath(node) });
  return tallyFile(VITEST, tallyVitest, isRunGood);
}

async function playwright(node, browser) {
  const script = inRoot("node_modules/@playwright/test/cli.js");
  const isRunGood = await succeeds([node, script, "test", "--reporter=list,json"], {
    PATH: toolPath(node),
    PLAYWRIGHT_JSON_OUTPUT_FILE: PLAYWRIGHT,
    ...(browser === null ? {} : { CHROMIUM_PATH: browser }),
  });
  return tallyFile(PLAYWRIGHT, tallyPlaywright, isRunGood);
}

/** A build that fails is one failure, and there is nothing to open in a browser. */
async function browserTests(node, browser) {
  try {
    await build(node);
  } catch (error) {
    say(red(error.message.trimEnd()));
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return playwright(node, browser);
}

try {
  const node = await bootstrap();
  const browser = await ensureBrowser(node);
  await ensureOpenSsh();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const unverified = await verify(node);
  const counts = add(await vitest(node), await browserTests(node, browser));
  say("");
  if (unverified.length > 0) say(red(`Checks that failed: ${unverified.join(", ")}`));
  // Their whole words stand far above by now.
  for (const one of [...failuresOf(VITEST, failedInVitest), ...failuresOf(PLAYWRIGHT, failedInPlaywright)])
    say(red(`Failed: ${one}`));
  say(closingLine(counts));
  process.exit(isGood(counts) && unverified.length === 0 ? 0 : 1);
} catch (error) {
  failWith(error);
}
