import { watch } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, supervisorEnv } from "#server/env.ts";
import { seedAccess } from "#server/services/access/seed.ts";
import { seedPeople } from "#server/services/person/seed.ts";
import { seedRegisters } from "#server/services/register/seed.ts";
import { startConsole, type RunningConsole, type Scripts } from "./console.ts";
import { SentenceError } from "./sentence-error.ts";
import { paint, say, surviveLostReader } from "./terminal.ts";

/** Started by bin/start.mjs in the project folder; --dev runs the sources with reload. */

const isDevelopment = process.argv.includes("--dev");
const root = process.cwd();

const BUILT: Scripts = {
  sandbox: ["dist/sandbox.js"],
  runner: ["dist/runner.js"],
  decider: ["dist/decider.js"],
  web: ["dist/web.js", "production"],
};
const SOURCES: Scripts = {
  sandbox: ["server/sandbox/main.ts"],
  runner: ["server/runner/main.ts"],
  decider: ["server/decider/main.ts"],
  web: ["server/supervisor/web-child.ts", "development"],
};

/** Editors write a file in several strokes; this many milliseconds of quiet count as one change. */
const QUIET_MS = 300;

function reloadRunner(running: RunningConsole): void {
  let timer: NodeJS.Timeout | null = null;
  watch(join(root, "server"), { recursive: true }, (_event, file) => {
    if (file === null || !file.endsWith(".ts") || file.endsWith(".test.ts")) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void running.restartRunner(), QUIET_MS);
  });
}

function fail(error: unknown): void {
  const isForPeople = error instanceof SentenceError || error instanceof EnvironmentError;
  const words = isForPeople
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`\n${paint("red", "Countersign did not start.")} ${words}\n\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  surviveLostReader();
  const starting = startConsole({
    env: supervisorEnv(),
    root,
    isDevelopment,
    seedPeople,
    seedRegisters,
    seedAccess,
    scripts: isDevelopment ? SOURCES : BUILT,
  });
  let asked = 0;
  const stop = async () => {
    asked += 1;
    // A second Ctrl-C does not wait: children end when this process is gone, Postgres by its watcher.
    if (asked > 1) process.exit(130);
    say(`\n  Stopping. ${paint("dim", "Ctrl-C once more ends it at once.")}`);
    const running = await starting;
    await running.stop();
    say("  Stopped. The data is kept.");
    process.exit(0);
  };
  // The launcher is gone: nobody is left to press Ctrl-C.
  process.once("disconnect", () => void stop().catch(() => process.exit(1)));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void stop().catch(() => process.exit(1)));
  }
  const running = await starting;
  if (isDevelopment) reloadRunner(running);
}

try {
  await main();
} catch (error) {
  fail(error);
  process.exit();
}
