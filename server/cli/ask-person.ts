import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UsageError } from "./command.ts";

/** A line from the person at the terminal, or the next one of standard input; null when there is none. */
export async function askLine(question: string, { isHidden = false } = {}): Promise<string | null> {
  if (process.stdin.isTTY) process.stderr.write(question);
  // Echo goes to a stream that drops it; the terminal itself is in raw mode while readline listens.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const isTerminal = process.stdin.isTTY;
  const lines = createInterface({
    input: process.stdin,
    output: isHidden ? output : process.stderr,
    terminal: isTerminal,
  });
  const ended = new AbortController();
  const [line] = await Promise.race([
    once(lines, "line", { signal: ended.signal }),
    once(lines, "close", { signal: ended.signal }).then(() => [null]),
  ]);
  ended.abort();
  lines.close();
  if (isHidden && isTerminal) process.stderr.write("\n");
  return typeof line === "string" ? line : null;
}

/** Asks for a clear yes. Without a person to ask, nothing is taken for one. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError("Nobody can be asked here: add --yes if it is to be signed.");
  return (await askLine(`${question} Type yes: `)) === "yes";
}
