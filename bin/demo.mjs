import { spawn } from "node:child_process";
import { bootstrap } from "./lib/bootstrap.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot, root } from "./lib/paths.mjs";

/** `npm run demo`: a tenant's onboarding by two people through the public API, in a terminal. */

try {
  const node = await bootstrap();
  await build(node);
  const child = spawn(node, [inRoot("server/demo/main.ts"), ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  child.once("exit", (code) => process.exit(code ?? 1));
} catch (error) {
  failWith(error);
}
