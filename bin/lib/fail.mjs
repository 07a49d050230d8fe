import { CommandError } from "./run.mjs";

/** Ends with the words of what failed; a stack trace only where the fault is ours. */
export function failWith(error) {
  const words = error instanceof CommandError ? error.message : (error?.stack ?? String(error));
  process.stderr.write(`\n${words}\n`);
  process.exit(1);
}
