import { spawn } from "node:child_process";
import { bootstrap } from "./lib/bootstrap.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot, root } from "./lib/paths.mjs";

/** `npm run bench`: the product's own figures, each beside its bound. */

try {
  const node = await bootstrap();
  await build(node);
  const child = spawn(node, [inRoot("bench/main.ts"), ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  child.once("exit", (code) => process.exit(code ?? 1));
} catch (error) {
  failWith(error);
}
