import { bootstrap } from "./lib/bootstrap.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";

try {
  await build(await bootstrap(), { isForced: true });
} catch (error) {
  failWith(error);
}
