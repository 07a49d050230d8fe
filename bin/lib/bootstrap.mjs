import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ensureNode } from "./node.mjs";
import { inRoot } from "./paths.mjs";
import { task } from "./progress.mjs";
import { run, systemPath } from "./run.mjs";

const STAMP = inRoot("node_modules/.countersign-install");

/** What an install depends on: the platform, and every wanted package with its version. */
function wanted() {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}\n`);
  for (const file of ["package.json", "package-lock.json"]) hash.update(readFileSync(inRoot(file)));
  return hash.digest("hex");
}

const isInstalled = (stamp) => existsSync(STAMP) && readFileSync(STAMP, "utf8") === stamp;

/**
 * Brings packages and Node up to date where needed; answers the Node to run everything with.
 * Not `npm ci`: it refuses a lock that was written on another platform and deletes what is there.
 */
export async function bootstrap() {
  if (!isInstalled(wanted())) {
    await task("Packages", () =>
      // NODE_ENV=production would leave out what the build needs.
      run(["npm", "install", "--no-audit", "--no-fund", "--include=dev", "--include=optional"], {
        env: { PATH: systemPath() },
      }),
    );
    // npm may have completed the lock for this platform, so the stamp is taken afterwards.
    writeFileSync(STAMP, wanted());
  }
  return ensureNode();
}
