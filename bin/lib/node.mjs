import { existsSync, readFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";
import { dim, say, task } from "./progress.mjs";
import { run, systemPath } from "./run.mjs";

/** Brought from npm where the machine's Node is too old; npm keeps one package per platform, without scripts. */
const PRIVATE_VERSION = "24.21.0";
const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"];

const platform = `${process.platform}-${process.arch}`;
const privateNode = inRoot(`node_modules/node-${platform}/bin/node`);

function oldest() {
  const { engines } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  return engines.node.replace(/^>=/, "").split(".").map(Number);
}

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  const [wantedMajor, wantedMinor] = oldest();
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

const isOwn = process.execPath.startsWith(inRoot("node_modules"));

/** Whether the machine's own Node does. Under our private one, the machine's was too old when it came. */
const isSystemNodeEnough = () => !isOwn && isNewEnough(process.version);

/** Answers a Node that runs the project; brings one when the machine's is too old and says so. */
export async function ensureNode() {
  if (isSystemNodeEnough()) return process.execPath;
  if (existsSync(privateNode)) return privateNode;
  if (!PLATFORMS.includes(platform)) {
    throw new Error(`Countersign needs Node ${oldest().join(".")} or newer; this is ${process.version}.`);
  }
  if (!isOwn) {
    const needed = oldest().join(".");
    say(
      `  ${dim("note")}  Node ${process.version} is older than ${needed}: bringing Node ${PRIVATE_VERSION} into node_modules, for this project only.`,
    );
  }
  await task(`Node ${PRIVATE_VERSION}`, () =>
    run(
      [
        "npm",
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--include=dev",
        `node-${platform}@${PRIVATE_VERSION}`,
      ],
      {
        env: { PATH: systemPath() },
      },
    ),
  );
  return privateNode;
}
