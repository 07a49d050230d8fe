import { appendAudit } from "#server/services/audit/append.ts";
import type { RunnerParts } from "./parts.ts";
import type { OpenedSecret } from "./vault.ts";

/** The runner as an actor of the audit. */
export const RUNNER_ACTOR = { kind: "system", name: "runner" } as const;

/** Reading a sealed value is an event: which one, for what, never the value. */
export async function auditOpened(
  parts: RunnerParts,
  opened: { tenantId: string; secret: OpenedSecret; jobId: string | null },
): Promise<void> {
  const { secret, tenantId, jobId } = opened;
  await parts.db.transaction((tx) =>
    appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at: parts.now(),
      action: "secret.opened",
      outcome: "done",
      objectKind: "tenant",
      objectId: tenantId,
      details: {
        name: secret.name,
        fingerprint: secret.fingerprint,
        for: jobId === null ? "plan" : "job",
        jobId,
      },
    }),
  );
}
