import { bootstrap } from "./lib/bootstrap.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot } from "./lib/paths.mjs";
import { program } from "./lib/run.mjs";

/** `npm run bench`: the product's own figures, each beside its bound. */

try {
  const node = await bootstrap();
  await build(node);
  process.exit(await program(node, [inRoot("bench/main.ts"), ...process.argv.slice(2)]));
} catch (error) {
  failWith(error);
}
