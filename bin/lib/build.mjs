import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { inRoot, root } from "./paths.mjs";
import { task } from "./progress.mjs";
import { run, toolPath } from "./run.mjs";

const SOURCES = [
  "app",
  "components",
  "db",
  "policies",
  "public",
  "server",
  "bin/lib/build.mjs",
  "bin/lib/bundle.mjs",
  "next.config.ts",
  "postcss.config.mjs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];
const STAMP = inRoot("dist/.stamp");
const RESULTS = [STAMP, inRoot(".next/standalone/server.js"), inRoot("dist/supervisor.js")];

/** Files of the build: what git knows and what it does not ignore, or every file where there is no git. */
function sourceFiles() {
  try {
    const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...SOURCES];
    const listed = execFileSync("git", args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return listed.split("\0").filter((file) => file !== "");
  } catch {
    // No git, or an unpacked archive.
    return SOURCES.flatMap(walk);
  }
}

function walk(path) {
  if (!existsSync(inRoot(path))) return [];
  try {
    return readdirSync(inRoot(path)).flatMap((name) => walk(`${path}/${name}`));
  } catch {
    // Not a folder.
    return [path];
  }
}

const isOfBuild = (file) => !/\.test\.tsx?$|^server\/testing\//.test(file) && existsSync(inRoot(file));

function contentHash(node) {
  const hash = createHash("sha256").update(`${node}\n`);
  for (const file of [...new Set(sourceFiles())].filter(isOfBuild).sort((a, b) => (a < b ? -1 : 1))) {
    hash.update(`${file}\n`).update(
      createHash("sha256")
        .update(readFileSync(inRoot(file)))
        .digest(),
    );
  }
  return hash.digest("hex");
}

/** Builds web pages and process bundles when their sources have changed since the last build. */
export async function build(node, { isForced = false } = {}) {
  const stamp = contentHash(node);
  const isFresh = RESULTS.every((file) => existsSync(file)) && readFileSync(STAMP, "utf8") === stamp;
  if (isFresh && !isForced) return;
  rmSync(STAMP, { force: true });
  await task("Build of the processes", () => run([node, inRoot("bin/lib/bundle.mjs")]));
  await task("Build of the pages", async () => {
    await run([node, inRoot("node_modules/next/dist/bin/next"), "build"], {
      env: { PATH: toolPath(node), NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    });
    // Next leaves these two for a CDN to serve; here the same process serves them.
    cpSync(inRoot(".next/static"), inRoot(".next/standalone/.next/static"), { recursive: true });
    if (existsSync(inRoot("public")))
      cpSync(inRoot("public"), inRoot(".next/standalone/public"), { recursive: true });
  });
  mkdirSync(inRoot("dist"), { recursive: true });
  writeFileSync(STAMP, stamp);
}
