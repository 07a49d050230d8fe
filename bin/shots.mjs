import { spawn } from "node:child_process";
import { bootstrap } from "./lib/bootstrap.mjs";
import { ensureBrowser } from "./lib/browser.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot, root } from "./lib/paths.mjs";

/** `npm run shots`: a console in a telling state, and a picture of every screen in both themes and both widths. */

try {
  const node = await bootstrap();
  const browser = await ensureBrowser(node);
  await build(node);
  const child = spawn(node, [inRoot("e2e/shots/main.ts"), ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, ...(browser === null ? {} : { CHROMIUM_PATH: browser }) },
    stdio: "inherit",
  });
  child.once("exit", (code) => process.exit(code ?? 1));
} catch (error) {
  failWith(error);
}
