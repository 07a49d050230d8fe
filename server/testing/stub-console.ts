import { join } from "node:path";
import { supervisorEnv } from "#server/env.ts";
import { startConsole } from "#server/supervisor/console.ts";
import { surviveLostReader } from "#server/supervisor/terminal.ts";

/** The supervisor as it is, over stub children: a real process for tests that kill it. Argument: folder for notes. */

const [, , folder = ""] = process.argv;
const script = (name: string) => [join(import.meta.dirname, "stub-child.ts"), name, folder];

surviveLostReader();
const starting = startConsole({
  env: supervisorEnv(),
  root: process.cwd(),
  scripts: {
    sandbox: script("sandbox"),
    runner: script("runner"),
    decider: script("decider"),
    web: script("web"),
  },
  isDevelopment: false,
  seedPeople: () =>
    Promise.resolve([{ email: "ada@x.org", name: "Ada", roles: ["admin"], password: "first-pass" }]),
  seedRegisters: () => Promise.resolve(false),
  seedAccess: () => Promise.resolve(false),
});
// Before it says that it is ready: whoever reads that may end it at once.
process.once("SIGTERM", () => void starting.then((running) => running.stop()).then(() => process.exit(0)));
await starting.catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
