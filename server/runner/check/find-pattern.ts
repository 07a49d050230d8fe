import { Worker } from "node:worker_threads";
import * as z from "zod";

/** A pattern that takes longer over a text says nothing. */
const PATTERN_MS = 1_000;

const CODE = `const { parentPort, workerData } = require("node:worker_threads");
parentPort.postMessage(new RegExp(workerData.pattern, "mu").test(workerData.text));`;

const answer = z.boolean();

/**
 * Whether a pattern is found, or null when it could not be told within a second. In a thread of its own, which can be
 * ended: a pattern of a few characters may take for ever (catastrophic backtracking), and nothing else would stop it.
 */
export async function findPattern(pattern: string, text: string): Promise<boolean | null> {
  const worker = new Worker(CODE, {
    eval: true,
    workerData: { pattern, text },
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  const timer = new AbortController();
  try {
    return await new Promise<boolean | null>((resolve) => {
      worker.once("online", () => {
        const late = setTimeout(() => resolve(null), PATTERN_MS);
        timer.signal.addEventListener("abort", () => clearTimeout(late));
      });
      worker.once("message", (message: unknown) => resolve(answer.safeParse(message).data ?? null));
      worker.once("error", () => resolve(null));
      worker.once("exit", () => resolve(null));
    });
  } finally {
    timer.abort();
    await worker.terminate();
  }
}
