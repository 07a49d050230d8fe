import type { Db, Tx } from "#db/client.ts";
import { blockDigest } from "#server/domain/check/block.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { findDenied } from "#server/domain/host/denied.ts";
import { identityOf } from "#server/domain/host/host.ts";
import type { RunbookBlock, RunbookStep } from "#server/domain/runbook/runbook.ts";
import {
  HOST_CHECK,
  isShellOperation,
  type WrittenShell,
  writtenShellSchema,
} from "#server/domain/shell/schema.ts";
import { findHost, type HostNow } from "../host/rows.ts";
import { findStageHome } from "../tenant/stage-home.ts";
import { getTenant } from "../tenant/rows.ts";
import type { RunbookVersionRow } from "../runbook/published.ts";

/** A step on a host as it would run now, or why it would not. */
export interface ShellSubject {
  version: RunbookVersionRow;
  stepId: string;
  isCheck: boolean;
  written: WrittenShell;
  host: (HostNow & { identity: string }) | null;
  /** What two people attest of a CHECK; null where the host is not known. */
  digest: string | null;
  obstacle: string | null;
}

/** Every step on a host of a stage of a tenant, in the order of the runbook. Throws `not_found` for no such stage. */
export async function listShellSubjects(
  db: Db | Tx,
  of: { tenantId: string; stageKey: string },
): Promise<ShellSubject[]> {
  const { version: onboarding } = await getTenant(db, of.tenantId);
  const home = await findStageHome(db, { onboarding, stageKey: of.stageKey });
  if (home === null) {
    throw new DomainError("not_found", "There is no such stage.", { reason: "not_found" });
  }
  const steps = home.stage.parts.flatMap((part) =>
    part.kind === "block" ? part.block.steps.map((step) => ({ block: part.block, step })) : [],
  );
  const subjects: ShellSubject[] = [];
  for (const { block, step } of steps) {
    if (isShellOperation(step.operation)) subjects.push(await readSubject(db, home.version, { block, step }));
  }
  return subjects;
}

async function readSubject(
  db: Db | Tx,
  version: RunbookVersionRow,
  { block, step }: { block: RunbookBlock; step: RunbookStep },
): Promise<ShellSubject> {
  const written = writtenShellSchema.parse(step.with);
  const label = block.on?.host ?? "";
  const host = await findHost(db, label);
  const bare = { version, stepId: step.id, isCheck: step.operation === HOST_CHECK, written };
  if (host === null) {
    const obstacle = `The console knows no host that is called ${label}. Two people can add it under Settings > Hosts.`;
    return { ...bare, host: null, digest: null, obstacle };
  }
  const command = findDenied(written.script, host.content.denied);
  return {
    ...bare,
    host: { ...host, identity: identityOf(host.content) },
    digest: blockDigest({
      script: written.script,
      language: "bash",
      hostDigest: host.digest,
      parameters: Object.entries(written.environment).map(([name, { type }]) => ({ name, type })),
      secrets: written.secrets,
    }),
    obstacle: command === null ? null : `On ${host.name} no block may hold "${command}".`,
  };
}
