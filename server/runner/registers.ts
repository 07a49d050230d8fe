import { log } from "#server/log.ts";
import { sweepRegisters } from "#server/services/trigger/sweep.ts";
import { describeError } from "./database-error.ts";
import { REGISTERS_EVERY_MS } from "./limits.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";

/** Looks every minute for what has come due in the registers, until stopped. Of several runners one does. */
export async function keepRegisters(parts: RunnerParts, signal: AbortSignal): Promise<void> {
  let after: string | null = null;
  while (!signal.aborted) {
    try {
      const swept = await sweepRegisters(parts.db, { actor: RUNNER_ACTOR, at: parts.now(), after });
      after = swept.next;
    } catch (error) {
      log.error({ problem: describeError(error) }, "the registers could not be looked through");
    }
    await parts.wait(REGISTERS_EVERY_MS, signal).catch(() => undefined); // stopping
  }
}
