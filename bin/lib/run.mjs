import { spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { inRoot, root } from "./paths.mjs";

/** A command that failed: its words are kept, because nothing was shown while it ran. */
export class CommandError extends Error {
  constructor(command, reason, output) {
    super(`${command.join(" ")} ${reason}\n${output.trimEnd()}`);
    this.name = "CommandError";
    this.output = output;
  }
}

/** PATH without this project's own binaries, whose `node` an install may be about to replace. */
export function systemPath() {
  const own = inRoot("node_modules");
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.startsWith(own))
    .join(delimiter);
}

/** PATH in which `node` is the given one and the project's tools come next. */
export const toolPath = (node) => [dirname(node), inRoot("node_modules/.bin"), systemPath()].join(delimiter);

/** Runs a command in the project folder and answers what it wrote; shows it at once with `isShown`. */
export function run(command, { env = {}, isShown = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", isShown ? "inherit" : "pipe", isShown ? "inherit" : "pipe"],
    });
    const release = endTogether(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
    child.once("error", (error) =>
      reject(new CommandError(command, `could not run: ${error.message}`, output)),
    );
    child.once("close", (code, signal) => {
      release();
      if (code === 0) resolve(output);
      else reject(new CommandError(command, `ended with ${signal ?? `code ${code}`}`, output));
    });
  });
}

/** Runs one of our programs in this terminal to its end and answers its exit status. */
export function program(node, args, env = {}) {
  const child = spawn(node, args, { cwd: root, env: { ...process.env, ...env }, stdio: "inherit" });
  const release = endTogether(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      release();
      resolve(code ?? 1);
    });
  });
}

/** Ctrl-C reaches every process of the terminal; other signals reach this one, and the command must not outlive it. */
function endTogether(child) {
  const signals = ["SIGTERM", "SIGHUP"];
  const end = (signal) => {
    child.once("close", () => process.exit(1));
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, end);
  return () => signals.forEach((signal) => process.off(signal, end));
}
