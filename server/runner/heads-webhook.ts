import type { SignedHead } from "#server/domain/audit/head.ts";
import { LogError } from "./heads.ts";

const TIMEOUT_MS = 10_000;

/** Sends a head to the configured address. Anything but a 2xx of that very address throws LogError. */
export async function postHead(address: string, head: SignedHead): Promise<void> {
  let response: Response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(head),
      // A receiver that sends us elsewhere is not the one that was configured.
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new LogError(`The webhook could not be reached: ${words}.`);
  }
  await response.body?.cancel();
  if (!response.ok) throw new LogError(`The webhook answered ${response.status}.`);
}
