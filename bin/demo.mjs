import { bootstrap } from "./lib/bootstrap.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot } from "./lib/paths.mjs";
import { program } from "./lib/run.mjs";

/** `npm run demo`: a tenant's onboarding by two people through the public API, in a terminal. */

try {
  const node = await bootstrap();
  await build(node);
  process.exit(await program(node, [inRoot("server/demo/main.ts"), ...process.argv.slice(2)]));
} catch (error) {
  failWith(error);
}
