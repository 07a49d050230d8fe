import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { task } from "./progress.mjs";
import { run } from "./run.mjs";

export const isDebian = () =>
  existsSync("/etc/os-release") &&
  /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"));

/** How to become root without being asked anything: nothing to do, sudo, or not at all. */
export function asRoot() {
  if (process.getuid?.() === 0) return [];
  return spawnSync("sudo", ["-n", "true"]).status === 0 ? ["sudo", "-n"] : null;
}

/** Installs a package of the system; false where it cannot be, and whoever needs it says what fails. */
export async function installPackage(label, name) {
  const prefix = asRoot();
  if (prefix === null || !isDebian()) return false;
  try {
    await task(`${label} (apt-get install ${name})`, async () => {
      const env = { DEBIAN_FRONTEND: "noninteractive" };
      await run([...prefix, "apt-get", "update"], { env });
      await run([...prefix, "apt-get", "install", "-y", "--no-install-recommends", name], { env });
    });
    return true;
  } catch {
    // No such package or no archive in reach.
    return false;
  }
}
