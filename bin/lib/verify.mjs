import { CHECKS } from "./checks.mjs";
import { inRoot } from "./paths.mjs";
import { red, say, task } from "./progress.mjs";
import { run, toolPath } from "./run.mjs";

/** Runs every check, shows one line for each, and answers the names of those that failed, after their words. */
export async function verify(node) {
  // Pages' types are generated, and without them the compiler does not know a style sheet.
  const checks = [["page types", typegen], ...CHECKS];
  const failures = [];
  for (const [name, check] of checks) {
    try {
      await task(name, () => check(node));
    } catch (error) {
      failures.push([name, error.output ?? error.message]);
    }
  }
  for (const [name, words] of failures) say(`\n${red(name)}\n${words.trimEnd()}`);
  return failures.map(([name]) => name);
}

const typegen = (node) =>
  run([node, inRoot("node_modules/next/dist/bin/next"), "typegen"], {
    env: { PATH: toolPath(node), NEXT_TELEMETRY_DISABLED: "1" },
  });
