import { assert } from "#server/domain/error/domain-error.ts";
import { Redactor } from "#server/domain/secret/redact.ts";
import type { HostContent } from "#server/domain/host/host.ts";
import { SECRET_NAMES } from "#server/domain/secret/names.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import type { CheckRunRow } from "#server/services/check/run-rows.ts";
import { type HostSignInAnswer, signInOnHost } from "../certificate/host-sign-in.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import { openSecret } from "../vault.ts";
import type { CheckParts } from "./check-parts.ts";

/**
 * How the check signs in on the host, null on this machine, and a redactor that knows everything of the console that a check could come across: that key,
 * the operator credentials of the clouds, and the sealed values of the tenant that it looks at.
 */
export async function openCheckSecrets(
  parts: CheckParts,
  run: CheckRunRow,
  host: HostContent,
): Promise<{ signIn: HostSignInAnswer | null; redactor: Redactor }> {
  const redactor = new Redactor();
  const mask = (value: string) => {
    const state = redactor.register(value, parts.sealer.fingerprint(value));
    assert(state === "registered", "a secret is long enough to be masked");
  };
  for (const { credentials } of parts.clouds.values()) {
    // A password too short to be masked is the cloud's own matter; a check is not refused for it.
    const value = credentials.kind === "password" ? credentials.password : credentials.secret;
    redactor.register(value, parts.sealer.fingerprint(value));
  }
  const opened = await openTenantSecrets(parts, run);
  opened.forEach(({ value }) => mask(value));
  const { id: runId, requestedBy } = run;
  const signIn = host.kind === "ssh" ? await signInOnHost(parts, { host, runId, requestedBy }) : null;
  const isReady = signIn?.kind === "ready";
  if (isReady) mask(signIn.signIn.privateKey);
  const names = [...opened.map(({ name }) => name), ...(isReady ? ["ssh_key"] : [])];
  if (names.length > 0) await auditOpened(parts, run, names);
  return { signIn, redactor };
}

async function openTenantSecrets(
  parts: CheckParts,
  { settings: { target } }: CheckRunRow,
): Promise<{ name: string; value: string }[]> {
  if (target?.kind !== "tenant") return [];
  const { tenantId } = target;
  const all = await Promise.all(
    SECRET_NAMES.map((name) => openSecret(parts.db, parts.sealer, { tenantId, name })),
  );
  return all.flatMap((one) => (one === null ? [] : [{ name: one.name, value: one.value }]));
}

/** Reading a sealed value is an event: which ones, for what, never a value. */
async function auditOpened(parts: CheckParts, run: CheckRunRow, names: readonly string[]): Promise<void> {
  await parts.db.transaction((tx) =>
    appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at: parts.now(),
      action: "secret.opened",
      outcome: "done",
      objectKind: "item",
      objectId: run.itemId,
      details: { names: [...names], for: "check", runId: run.id, host: run.hostName },
    }),
  );
}
