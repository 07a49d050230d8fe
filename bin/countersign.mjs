#!/usr/bin/env node
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { bootstrap } from "./lib/bootstrap.mjs";
import { failWith } from "./lib/fail.mjs";
import { ensureNode } from "./lib/node.mjs";
import { inRoot } from "./lib/paths.mjs";

/** `countersign COMMAND`: runs in the folder it is called in; what is installed already is not looked at again. */

try {
  const node = existsSync(inRoot("node_modules/zod")) ? await ensureNode() : await bootstrap();
  const child = spawn(node, [inRoot("server/cli/main.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", failWith);
  child.once("exit", (code) => process.exit(code ?? 1));
} catch (error) {
  failWith(error);
}
