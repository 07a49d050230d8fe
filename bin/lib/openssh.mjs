import { existsSync } from "node:fs";
import { installPackage } from "./debian.mjs";

/** Where systems keep the daemon; macOS has it at the first. */
const PLACES = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd", "/usr/bin/sshd"];
const CLIENTS = ["/usr/bin/ssh", "/usr/local/bin/ssh", "/opt/homebrew/bin/ssh"];

const isThere = (places) => places.some((place) => existsSync(place));

/** Brings the OpenSSH that checks over SSH are tested with; without one those tests fail and say so. */
export async function ensureOpenSsh() {
  if (!isThere(PLACES)) await installPackage("OpenSSH server", "openssh-server");
  if (!isThere(CLIENTS)) await installPackage("OpenSSH client", "openssh-client");
}
