import { randomBytes } from "node:crypto";
import { assert } from "#server/domain/error/domain-error.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { secretsIn } from "#server/domain/plan/refs.ts";
import type { SecretName } from "#server/domain/secret/names.ts";
import { SECRET_BYTES } from "./limits.ts";
import type { Run } from "./run.ts";
import { requireSecretName } from "./sessions.ts";
import { openSecret, sealSecret } from "./vault.ts";

/**
 * The values behind a step's references. Those it generates are sealed and committed before anything uses them, and a
 * resumed run takes the ones it sealed in its earlier life.
 */
export async function secretsOfStep(run: Run, step: PlannedStep): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  const named = new Set([...step.generates, ...step.calls.flatMap(({ body }) => secretsIn(body))]);
  for (const name of named) {
    const known = requireSecretName(name);
    const isGenerated = step.generates.includes(name);
    const held = await openSecret(run.parts.db, run.parts.sealer, {
      tenantId: run.job.tenantId,
      name: known,
    });
    const isUsable = held !== null && (!isGenerated || held.jobId === run.job.id);
    if (held !== null && isUsable) {
      registerSecret(run, held.value);
      values.set(name, held.value);
    } else {
      assert(isGenerated, `secret ${name} is sealed before a call that needs it`);
      values.set(name, await generate(run, step, known));
    }
  }
  return values;
}

async function generate(run: Run, step: PlannedStep, name: SecretName): Promise<string> {
  const value = randomBytes(SECRET_BYTES).toString("base64url");
  const fingerprint = registerSecret(run, value);
  const sealed = { kind: "sealed", stepId: step.id, body: { name, fingerprint, from: "generated" } } as const;
  await run.journal.within([sealed], async (tx) => {
    await sealSecret(tx, run.parts.sealer, {
      tenantId: run.job.tenantId,
      name,
      value,
      jobId: run.job.id,
      at: run.parts.now(),
    });
  });
  run.say("note", `${name} generated and sealed, fingerprint ${fingerprint.slice(0, 4)}`, step.id);
  return value;
}

/** From here on the value is masked wherever it turns up. Refuses one that cannot be masked. */
export function registerSecret(run: Run, value: string): string {
  const fingerprint = run.parts.sealer.fingerprint(value);
  const state = run.redactor.register(value, fingerprint);
  assert(state === "registered", "a secret is long enough to be masked");
  return fingerprint;
}
