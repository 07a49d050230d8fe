import { bootstrap } from "./lib/bootstrap.mjs";
import { failWith } from "./lib/fail.mjs";
import { say } from "./lib/progress.mjs";
import { verify } from "./lib/verify.mjs";

try {
  const failed = await verify(await bootstrap());
  if (failed.length > 0) say(`\nFailed: ${failed.join(", ")}`);
  process.exit(failed.length > 0 ? 1 : 0);
} catch (error) {
  failWith(error);
}
