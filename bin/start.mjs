import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { bootstrap } from "./lib/bootstrap.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot, root } from "./lib/paths.mjs";

/** `npm start`: brings what is missing, builds what has changed, runs everything. `--dev` runs the sources. */

const isDevelopment = process.argv.includes("--dev");

function supervise(node, script) {
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  // The terminal sends Ctrl-C to both; the supervisor stops everything, and this process ends after it.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => process.exit(code ?? 1));
}

try {
  process.chdir(root);
  const node = await bootstrap();
  if (!isDevelopment) await build(node);
  const script = inRoot(isDevelopment ? "server/supervisor/main.ts" : "dist/supervisor.js");
  if (node === process.execPath) await import(pathToFileURL(script).href);
  else supervise(node, script);
} catch (error) {
  failWith(error);
}
