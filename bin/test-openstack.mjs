import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap } from "./lib/bootstrap.mjs";
import { build } from "./lib/build.mjs";
import { failWith } from "./lib/fail.mjs";
import { inRoot } from "./lib/paths.mjs";
import { program } from "./lib/run.mjs";

/**
 * `npm run test:openstack`: the acceptance run against the cloud that OS_CLOUD names, by a console of its own that is
 * thrown away afterwards. Onboards a tenant as two people, runs every stage again and insists that nothing is sent.
 * The tenant stays on the cloud, unless `-- --offboard` takes it off again. `-- --expect failed:<stage>:<words>` for a cloud that is known to be broken.
 */

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function main() {
  if (!process.env.OS_CLOUD) {
    throw new Error("OS_CLOUD names no cloud. Set it to a cloud of your clouds.yaml; nothing was started.");
  }
  const node = await bootstrap();
  await build(node);
  const dataDir = mkdtempSync(join(tmpdir(), "countersign-acceptance-"));
  const env = {
    COUNTERSIGN_DATA_DIR: dataDir,
    COUNTERSIGN_EMBEDDED_CLOUD: "off",
    COUNTERSIGN_DEMO_PEOPLE: "on",
    PORT: String(await freePort()),
  };
  const args = [inRoot("server/demo/main.ts"), "--again", ...process.argv.slice(2)];
  const code = await program(node, args, env);
  rmSync(dataDir, { recursive: true, force: true });
  return code;
}

try {
  process.exit(await main());
} catch (error) {
  failWith(error);
}
