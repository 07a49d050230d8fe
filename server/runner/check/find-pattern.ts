import { Worker } from "node:worker_threads";
import * as z from "zod";

/** A pattern that takes longer over a text says nothing. */
const PATTERN_MS = 1_000;

const CODE = `const { parentPort, workerData } = require("node:worker_threads");
const found = new RegExp(workerData.pattern, "mu").exec(workerData.text);
parentPort.postMessage(found === null ? null : [...found].map((group) => group?.slice(0, 8192) ?? null));`;

const answer = z.array(z.string().nullable()).nullable();

/** Whether a pattern is found, or null when it could not be told within a second. */
export async function findPattern(pattern: string, text: string): Promise<boolean | null> {
  const found = await matchPattern(pattern, text);
  return found === "too_long" ? null : found !== null;
}

/**
 * The first match and its groups, null where there is none, `too_long` when a second was not enough. In a thread of its own, which can be
 * ended: a pattern of a few characters may take for ever (catastrophic backtracking), and nothing else would stop it.
 */
export async function matchPattern(
  pattern: string,
  text: string,
): Promise<readonly (string | null)[] | null | "too_long"> {
  const worker = new Worker(CODE, {
    eval: true,
    workerData: { pattern, text },
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  const timer = new AbortController();
  try {
    return await new Promise<readonly (string | null)[] | null | "too_long">((resolve) => {
      worker.once("online", () => {
        const late = setTimeout(() => resolve("too_long"), PATTERN_MS);
        timer.signal.addEventListener("abort", () => clearTimeout(late));
      });
      worker.once("message", (message: unknown) => {
        const read = answer.safeParse(message);
        resolve(read.success ? read.data : "too_long");
      });
      worker.once("error", () => resolve("too_long"));
      worker.once("exit", () => resolve("too_long"));
    });
  } finally {
    timer.abort();
    await worker.terminate();
  }
}
