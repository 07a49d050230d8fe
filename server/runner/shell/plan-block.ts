import { blockDigest } from "#server/domain/check/block.ts";
import { readParameters } from "#server/domain/check/parameters.ts";
import { ATTESTERS_NEEDED } from "#server/domain/check/run.ts";
import { findDenied } from "#server/domain/host/denied.ts";
import { identityOf } from "#server/domain/host/host.ts";
import type { PlannedCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import type { RunbookBlock, RunbookStep } from "#server/domain/runbook/runbook.ts";
import { fillTemplates, fillText, type TemplateScope } from "#server/domain/runbook/template.ts";
import {
  HOST_CHECK,
  HOST_RUN,
  type PlannedShell,
  SHELL_OUTPUTS,
  SHELL_VERSION,
  type WrittenShell,
  writtenShellSchema,
} from "#server/domain/shell/schema.ts";
import { listAttesters } from "#server/services/attestation/rows.ts";
import { findHost, type HostNow } from "#server/services/host/rows.ts";
import { attestedWords, type Rendered, saysOf } from "./block-words.ts";
import { carriedShell, type Continuation } from "../continuation.ts";
import type { RunnerParts } from "../parts.ts";
import { type Blocked, retryWords } from "../plan-step.ts";
import { listFingerprints } from "../vault.ts";

export interface ShellStepToPlan {
  parts: Pick<RunnerParts, "db">;
  tenantId: string;
  block: RunbookBlock;
  step: RunbookStep;
  scope: TemplateScope;
  stageHash: string;
  continues: Continuation | null;
  /** A person runs it and pastes what it printed. */
  isByHand: boolean;
  /** Whether a sealed value can be used now. */
  holdsSecret: (name: string) => boolean;
}

type Found<T> = { kind: "ok"; value: T } | Blocked;

/**
 * Plans a step on a host: its text as it stands, the host with its pinned keys, the account, each value of its
 * environment, each secret by fingerprint. A CHECK only reads while two people attest exactly that; any other text is
 * what nobody knows, and destroys unless its RUN declares less. Nothing is asked of the host.
 */
export async function planShellStep(
  given: ShellStepToPlan,
): Promise<{ kind: "planned"; step: PlannedStep } | Blocked> {
  const { block, step, scope, parts } = given;
  const written = writtenShellSchema.parse(step.with);
  const host = await requireHost(given, written);
  if (host.kind === "blocked") return host;
  const environment = readEnvironment(written, host.value, { step, scope });
  if (environment.kind === "blocked") return environment;
  const secrets = await readSecrets(given, written);
  if (secrets.kind === "blocked") return secrets;
  const shell = freeze({
    written,
    host: host.value,
    block,
    environment: environment.value,
    secrets: secrets.value,
    isByHand: given.isByHand,
  });
  const attesters = step.operation === HOST_CHECK ? await listAttesters(parts.db, shell.blockDigest) : [];
  const rendered = render(given, { shell, written, attesters });
  const { stageHash, continues } = given;
  const carried =
    step.operation === HOST_RUN ? carriedShell(continues, { stepId: step.id, stageHash, shell }) : null;
  return { kind: "planned", step: carried === null ? rendered : asCarried(rendered, carried) };
}

async function requireHost(
  { parts, block, step }: ShellStepToPlan,
  written: WrittenShell,
): Promise<Found<HostNow>> {
  const { host: label = "", account = "" } = block.on ?? {};
  const host = await findHost(parts.db, label);
  if (host === null) {
    return blocked(
      step,
      `the console knows no host that is called ${label}.`,
      "Two people can add it, or the name to one of its hosts, under Settings > Hosts.",
    );
  }
  const { content } = host;
  const isAccount = content.kind === "local" ? account === LOCAL_ACCOUNT : account === content.user;
  if (!isAccount) {
    const has = content.kind === "local" ? LOCAL_ACCOUNT : content.user;
    return blocked(
      step,
      `the block runs as ${account}, and the console signs in on ${host.name} as ${has}.`,
      "Correct the account in the runbook, or the host under Settings > Hosts.",
    );
  }
  const command = findDenied(written.script, content.denied);
  if (command !== null) {
    return blocked(
      step,
      `on ${host.name} no block may hold "${command}".`,
      "Take the command out of the runbook. The list stands with the host, under Settings > Hosts.",
    );
  }
  return { kind: "ok", value: host };
}

/** The account of a block on the console's own machine. */
const LOCAL_ACCOUNT = "runner";

function readEnvironment(
  written: WrittenShell,
  host: HostNow,
  { step, scope }: { step: RunbookStep; scope: TemplateScope },
): Found<Record<string, string>> {
  const names = Object.keys(written.environment);
  const refused = names.find((name) => !host.content.environment.includes(name));
  if (refused !== undefined) {
    return blocked(
      step,
      `the host ${host.name} does not let a block be given ${refused}.`,
      "Two people can allow the name under Settings > Hosts.",
    );
  }
  const values: Record<string, string> = {};
  for (const [name, { value }] of Object.entries(written.environment)) {
    const filled = fillTemplates(value, scope);
    if (filled.kind !== "filled")
      return blocked(step, filled.says, "Correct what it names, then preview again.");
    if (typeof filled.value === "string" && filled.value.includes("{{")) {
      return blocked(
        step,
        `the value of ${name} is not known before another step of this stage has run.`,
        "Move this step into a later stage: what it is given has to be approved.",
      );
    }
    values[name] = typeof filled.value === "string" ? filled.value : JSON.stringify(filled.value);
  }
  const declared = Object.entries(written.environment).map(([name, { type }]) => ({ name, type }));
  const read = readParameters(declared, values);
  return read.kind === "ok"
    ? { kind: "ok", value: { ...read.environment } }
    : blocked(step, read.says, "Correct the tenant's inputs or the runbook, then preview again.");
}

async function readSecrets(
  { parts, tenantId, step, holdsSecret }: ShellStepToPlan,
  { secrets }: WrittenShell,
): Promise<Found<Record<string, string>>> {
  if (secrets.length === 0) return { kind: "ok", value: {} };
  const known = await listFingerprints(parts.db, tenantId);
  const missing = secrets.find((name) => !known.has(name) || !holdsSecret(name));
  if (missing !== undefined) {
    return blocked(
      step,
      `there is no sealed ${missing} of this tenant that it could be given.`,
      "Run the stage that makes it first.",
    );
  }
  return { kind: "ok", value: Object.fromEntries(secrets.map((name) => [name, known.get(name) ?? ""])) };
}

function freeze(of: {
  written: WrittenShell;
  host: HostNow;
  block: RunbookBlock;
  environment: Record<string, string>;
  secrets: Record<string, string>;
  isByHand: boolean;
}): PlannedShell {
  const { written, host, environment, secrets } = of;
  const { script, take, timeSeconds } = written;
  const types = Object.fromEntries(
    Object.entries(written.environment).map(([name, { type }]) => [name, type]),
  );
  return {
    host: {
      id: host.id,
      name: host.name,
      digest: host.digest,
      where: identityOf(host.content),
      hostKeys: host.content.kind === "ssh" ? host.content.hostKeys : [],
    },
    account: of.block.on?.account ?? "",
    script,
    environment,
    types,
    secrets,
    take,
    timeSeconds,
    blockDigest: blockDigest({
      script,
      language: "bash",
      hostDigest: host.digest,
      parameters: Object.entries(types).map(([name, type]) => ({ name, type })),
      secrets: Object.keys(secrets),
    }),
    ...(of.isByHand ? { byHand: true } : {}),
  };
}

function render({ block, step, scope }: ShellStepToPlan, of: Rendered): PlannedStep {
  const { shell, written, attesters } = of;
  const isCheck = step.operation === HOST_CHECK;
  const isAttested = isCheck && attesters.length >= ATTESTERS_NEEDED;
  const effect = isAttested ? "read" : isCheck ? "destroy" : written.effect;
  const title = fillText(step.title, scope);
  const revert = written.revert === null ? null : fillText(written.revert, scope);
  const names = [...SHELL_OUTPUTS, ...Object.keys(shell.take)];
  // What a person runs is not tried again by itself.
  const retry = step.retry === undefined || shell.byHand === true ? {} : { retry: step.retry };
  return {
    id: step.id,
    blockId: block.id,
    operation: step.operation,
    operationVersion: SHELL_VERSION,
    identity: "host-account",
    effect,
    disposition: isAttested ? "read" : "apply",
    parameters: jsonSchema.parse(shell),
    calls: effect === "read" ? [] : [callOf(step, shell, effect)],
    outputs: Object.fromEntries(names.map((name) => [name, outputRef(step.id, name)])),
    generates: [],
    preconditions: isCheck ? [{ says: attestedWords(attesters), observed: isAttested }] : [],
    save: step.save,
    expect: step.expect,
    ...retry,
    words: {
      title: title.kind === "filled" ? title.value : step.title,
      says: `${saysOf(of, { isCheck, isAttested })}${retryWords(retry, !isAttested)}`,
      reads: [],
      revert: isAttested ? null : revert?.kind === "filled" ? revert.value : written.revert,
    },
  };
}

function asCarried(step: PlannedStep, shell: PlannedShell): PlannedStep {
  const number = shell.carriedFrom?.number ?? 0;
  return {
    ...step,
    effect: "read",
    disposition: "already_so",
    parameters: jsonSchema.parse(shell),
    calls: [],
    words: {
      ...step.words,
      says: `Exactly this ${shell.byHand ? "was run by a person and pasted" : "ran"} in job ${number} and came to its end. It is not run again; what it showed then is taken over.`,
      revert: null,
    },
  };
}

function callOf(step: RunbookStep, shell: PlannedShell, effect: PlannedCall["effect"]): PlannedCall {
  return {
    id: `${step.id}.run`,
    method: "RUN",
    service: "host",
    path: `/${shell.host.name}/${shell.account}`,
    body: null,
    effect,
    accept: [],
    captures: {},
    seals: {},
    headers: {},
    // A shell can have done anything: nobody can look whether it did.
    probe: null,
  };
}

function blocked(step: RunbookStep, says: string, advice: string): Blocked {
  return { kind: "blocked", says: `Step ${step.id}: ${says}`, advice };
}
