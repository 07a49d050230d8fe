import type { HostContent } from "#server/domain/host/host.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import type { PlannedShell } from "#server/domain/shell/schema.ts";
import { type HostSignInAnswer, signInOnHost } from "../certificate/host-sign-in.ts";
import { type BlockEnd, runBlock } from "../check/check-process.ts";
import { RunEnded, RunStopped } from "../endings.ts";
import { auditOpened } from "../opened-secret.ts";
import { PROCESS_LIMITS } from "../process/process-limits.ts";
import type { Run } from "../run.ts";
import { requireSecretName } from "../sessions.ts";
import { registerSecret } from "../step-secrets.ts";
import { openSecret } from "../vault.ts";
import { BlockOutput } from "./block-output.ts";
import { takeValues } from "./take-values.ts";

export interface Executed {
  end: BlockEnd;
  /** Values of the result as JSON texts; `exit` only where the block ended by itself. */
  captured: Record<string, string>;
}

/** A block that a stopping runner is in the middle of may still end by itself within this time. */
const HANDED_BACK_MS = 1_500;
const TOUCH_EVERY_MS = 5_000;

/** Marks the processes of one step of one job. */
export function runIdOf(run: Run, step: PlannedStep): string {
  return `${run.job.id}_${step.id}`;
}

/** Runs the block of a step where it belongs and takes its values out of what it printed. */
export async function executeBlock(
  run: Run,
  of: { step: PlannedStep; shell: PlannedShell; content: HostContent },
): Promise<Executed> {
  const { step, shell, content } = of;
  const { containment } = run.parts;
  const secrets = await openSecrets(run, step, shell);
  const signIn = await findSignIn(run, step, content);
  if (signIn?.kind === "refused") return notStarted(signIn.says);
  const output = new BlockOutput(run, step.id);
  const stop = stopSignal(run);
  const touching = setInterval(() => run.touch(), TOUCH_EVERY_MS);
  try {
    const end = await runBlock({
      runId: runIdOf(run, step),
      script: shell.script,
      environment: shell.environment,
      secrets,
      timeSeconds: shell.timeSeconds,
      host: content,
      sshKey: signIn?.signIn.privateKey ?? null,
      sshCertificate: signIn?.signIn.certificate ?? null,
      redactor: run.redactor,
      limits: { outputBytes: PROCESS_LIMITS.outputBytes, outputLines: PROCESS_LIMITS.outputLines },
      containment,
      lines: (lines) => output.take(lines),
      signal: stop.signal,
    });
    const text = end.isTruncated && end.ending !== "exited" ? null : output.text();
    const exit = end.exitCode === null ? {} : { exit: String(end.exitCode) };
    const own = {
      ...exit,
      lines: String(output.lines),
      digest: JSON.stringify(output.digest()),
      ended: JSON.stringify(end.ending),
    };
    return { end, captured: { ...own, ...(await takeValues(shell.take, text)) } };
  } finally {
    clearInterval(touching);
    stop.forget();
    await signIn?.signIn.end();
  }
}

/** How the run signs in on the host, masked from here on; null on this machine. */
async function findSignIn(run: Run, step: PlannedStep, host: HostContent): Promise<HostSignInAnswer | null> {
  if (host.kind === "local") return null;
  const { requestedBy } = run.job;
  const answer = await signInOnHost(run.parts, { host, runId: runIdOf(run, step), requestedBy });
  if (answer.kind === "ready") registerSecret(run, answer.signIn.privateKey);
  return answer;
}

const notStarted = (says: string): Executed => ({
  end: { ending: "not_started", exitCode: null, says, isTruncated: false, hasBegun: false },
  captured: {},
});

/** Each sealed value is the one that was approved, by its fingerprint, and is masked from here on. */
async function openSecrets(run: Run, step: PlannedStep, shell: PlannedShell): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const [name, fingerprint] of Object.entries(shell.secrets)) {
    const wanted = { tenantId: run.job.tenantId, name: requireSecretName(name) };
    const held = await openSecret(run.parts.db, run.parts.sealer, wanted);
    if (held === null || held.fingerprint !== fingerprint) {
      throw new RunEnded({
        state: "refused",
        says: `The sealed ${name} is not the one that was approved. Step ${step.id} was not started.`,
        advice: "Preview the stage again.",
      });
    }
    registerSecret(run, held.value);
    await auditOpened(run.parts, { tenantId: run.job.tenantId, secret: held, jobId: run.job.id });
    values.set(name, held.value);
  }
  return values;
}

/** Ends the block when the run has to stop: at once when it was cancelled or lost, a moment later when it is handed back. */
function stopSignal(run: Run): { signal: AbortSignal; forget: () => void } {
  const stop = new AbortController();
  let later: NodeJS.Timeout | null = null;
  const end = () => {
    const { reason } = run.signal;
    const isHandedBack = reason instanceof RunStopped && reason.reason === "handed_back";
    if (isHandedBack) later = setTimeout(() => stop.abort(), HANDED_BACK_MS);
    else stop.abort();
  };
  run.signal.addEventListener("abort", end);
  if (run.signal.aborted) end();
  return {
    signal: stop.signal,
    forget: () => {
      if (later !== null) clearTimeout(later);
      run.signal.removeEventListener("abort", end);
    },
  };
}
