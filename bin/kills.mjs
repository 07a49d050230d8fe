import { bootstrap } from "./lib/bootstrap.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot } from "./lib/paths.mjs";
import { say } from "./lib/progress.mjs";
import { program, toolPath } from "./lib/run.mjs";

/**
 * `npm run kills -- [runs] [seed]`: that many runs of runners that are killed and paused at random, and a look at their
 * whole history. The same seed throws the same dice, as far as the machine's own timing allows.
 */

const RUNS = 1000;

try {
  const node = await bootstrap();
  const [runs = String(RUNS), seed = String(Date.now() % 1_000_000_000)] = process.argv.slice(2);
  if (!/^\d+$/.test(runs) || !/^\d+$/.test(seed)) throw new Error("Usage: npm run kills -- [runs] [seed]");
  say(`${runs} runs with seed ${seed}. Again: npm run kills -- ${runs} ${seed}`);
  const args = [inRoot("node_modules/vitest/vitest.mjs"), "run", "server/runner/random-kills.test.ts"];
  const env = { PATH: toolPath(node), KILL_RUNS: runs, KILL_SEED: seed, LOG_LEVEL: "error" };
  process.exit(await program(node, args, env));
} catch (error) {
  failWith(error);
}
