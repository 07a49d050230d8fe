import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";
import { strictestEffect } from "#server/domain/effect/strictest.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import type { PlannedCall, PlannedGate, PlannedStep, StagePlan } from "#server/domain/plan/plan.ts";
import { contentDigest } from "#server/domain/plan/digest.ts";

import type { Identity } from "#server/domain/plan/states.ts";
import { jsonSchema, stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { RunbookBlock, RunbookStage } from "#server/domain/runbook/runbook.ts";
import { isManualOperation } from "#server/domain/hand/schema.ts";
import { isShellOperation } from "#server/domain/shell/schema.ts";
import { Redactor } from "#server/domain/secret/redact.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import {
  type PublicAuthorities,
  readTrustAnchor,
  type TrustedAuthority,
} from "#server/openstack/trust-anchor.ts";
import { NotYetError } from "#server/operations/not-yet.ts";
import { findDesired } from "#server/services/guest/desired.ts";
import { findRecovery } from "#server/services/guest/recovery.ts";
import { skippedStep } from "./continuation.ts";
import { IdentityError } from "./endings.ts";
import { planHandStep } from "./hand/plan-hand.ts";
import { type Answers, type CallObserver, readOnlySession, rememberingSession } from "./observed-session.ts";
import type { RunnerParts } from "./parts.ts";
import { type Blocked, foresee, planStep } from "./plan-step.ts";
import { auditOpened } from "./opened-secret.ts";
import { wasRemovedByUs } from "./removals.ts";
import { openStageSessions, type StageSessions } from "./sessions.ts";
import { listScratchByUs } from "./scratch.ts";
import { readSavedPolicy } from "./saved-policy.ts";
import { planShellStep } from "./shell/plan-block.ts";
import { type DraftToPlan, findStageFacts, scopeOf, type StageFacts } from "./stage-facts.ts";

export type PlanResult =
  | { kind: "ready"; plan: StagePlan; contentDigest: string }
  | Blocked
  /** The runner could not find out. */
  | { kind: "failed"; says: string; advice: string };

export interface StageToPlan {
  tenantId: string;
  stageKey: string;
  /** The version frozen in a job; null: the tenant's present one. */
  runbookVersionId: string | null;
  /** Blocks on hosts that people run and paste, beside those whose author wants it so. */
  byHand: readonly string[];
  /** A text that is being written, in the place of any version: what comes of it is shown and kept nowhere as a plan. */
  draft?: DraftToPlan;
}

/**
 * Renders what a stage would do now. Only reads. Every obstacle comes back as a sentence, never as an exception.
 * `observe` is told of every call.
 */
export async function planStage(
  parts: RunnerParts,
  wanted: StageToPlan,
  observe: CallObserver = () => undefined,
): Promise<PlanResult> {
  try {
    const facts = await findStageFacts(parts.db, wanted);
    if (facts === null) return blocked(`The runbook has no stage ${wanted.stageKey}.`, "Reload the page.");
    const closed = closedBy(facts);
    if (closed) return closed;
    const reachable = requireCloud(parts, facts);
    if (reachable.kind === "blocked") return reachable;
    return await planWithSessions({ parts, facts, observe, byHand: wanted.byHand }, reachable);
  } catch (error) {
    return obstacleOf(error);
  }
}

export interface ReachableCloud {
  kind: "reachable";
  cloud: CloudConfig;
  anchor: TrustedAuthority | PublicAuthorities;
}

/** The configured cloud of a tenant and its certificate authority, looked at before any call. */
export function requireCloud(parts: RunnerParts, facts: StageFacts): ReachableCloud | Blocked {
  const cloud = parts.clouds.get(facts.cloud.name);
  if (!cloud) {
    return blocked(
      `This runner has no cloud ${facts.cloud.name} in its clouds.yaml. Nothing was read.`,
      "Add it there and name it in COUNTERSIGN_CLOUDS, then start the runner again.",
    );
  }
  const anchor = readTrustAnchor(cloud.cacertPath, parts.now());
  if (anchor.kind !== "ok" && anchor.kind !== "public") return blocked(anchor.says, "Then preview again.");
  return { kind: "reachable", cloud, anchor };
}

function closedBy({ before }: StageFacts): Blocked | null {
  if (before === null || before.progress?.isPassed) return null;
  const { key, title } = before.stage;
  return blocked(
    `This stage opens after stage ${key}, ${title}, has passed its gate.`,
    `Run stage ${key} until its gate passes.`,
  );
}

async function planWithSessions(
  given: { parts: RunnerParts; facts: StageFacts; observe: CallObserver; byHand: readonly string[] },
  { cloud, anchor }: ReachableCloud,
): Promise<PlanResult> {
  const { parts, facts, observe } = given;
  const redactor = new Redactor();
  const saved = new Map(facts.saved);
  const sessions = await openStageSessions({
    parts,
    cloud,
    anchor,
    tenant: facts.tenant,
    redactor,
    saved: () => saved,
    opened: (secret) => auditOpened(parts, { tenantId: facts.tenant.id, secret, jobId: null }),
    observe,
  });
  try {
    const steps: PlannedStep[] = [];
    const answers = new Map<Identity, Answers>();
    for (const block of blocksOf(facts.stage)) {
      for (const step of block.steps) {
        const planned = await planOne({ ...given, sessions, saved, answers, steps, block, stepId: step.id });
        if (planned.kind === "blocked") return planned;
        steps.push(planned.step);
      }
    }
    const plan = stagePlanSchema.parse(assemble(facts, steps));
    // Values stand in plans by reference only; a mask that changes anything has found one that does not.
    if (canonicalJson(redactor.json(jsonSchema.parse(plan))) !== canonicalJson(jsonSchema.parse(plan))) {
      return failed("A sealed value was about to be written into a plan. The plan was thrown away.");
    }
    return { kind: "ready", plan, contentDigest: contentDigest(plan) };
  } finally {
    await sessions.close();
  }
}

interface StepOfStage {
  parts: RunnerParts;
  observe: CallObserver;
  facts: StageFacts;
  byHand: readonly string[];
  sessions: StageSessions;
  saved: Map<string, Json>;
  answers: Map<Identity, Answers>;
  /** What stands in the plan so far. */
  steps: readonly PlannedStep[];
  block: RunbookBlock;
  stepId: string;
}

async function planOne(given: StepOfStage) {
  const { parts, facts, sessions, saved, block, stepId } = given;
  const step = block.steps.find(({ id }) => id === stepId);
  const { continues } = facts;
  if (step && continues?.choice === "skip" && continues.stepId === stepId) {
    const version = parts.handlers.get(step.operation)?.definition.version;
    return { kind: "planned" as const, step: skippedStep(continues, { block, step, version }) };
  }
  if (step && isManualOperation(step.operation)) {
    const planned = planHandStep({ block, step, scope: scopeOf(facts, saved) });
    if (planned.kind === "planned") foresee(saved, planned.step);
    return planned;
  }
  if (step && isShellOperation(step.operation)) {
    const planned = await planShellStep({
      parts,
      tenantId: facts.tenant.id,
      block,
      step,
      scope: scopeOf(facts, saved),
      stageHash: facts.stage.hash,
      continues,
      isByHand: block.on?.byHand === true || given.byHand.includes(block.id),
      holdsSecret: (name) => sessions.holdsSecret(name),
    });
    if (planned.kind === "planned") foresee(saved, planned.step);
    return planned;
  }
  const operation = step && parts.handlers.get(step.operation);
  if (!step || !operation) {
    return blocked(
      `Step ${stepId} names an operation that this runner does not have.`,
      "Update the runner, or choose a runbook version it knows.",
    );
  }
  const planned = await planStep({
    block,
    step,
    operation,
    scope: scopeOf(facts, saved),
    context: {
      stepId,
      tenant: { id: facts.tenant.id, slug: facts.tenant.slug },
      session: async () => {
        const opened = readOnlySession(await sessions.open(block.as), given.observe);
        return rememberingSession(opened, answersOf(given.answers, block.as));
      },
      passwordWorks: (attempt) => sessions.passwordWorks(attempt),
      holdsSecret: (name) => sessions.holdsSecret(name),
      removedByUs: (object) => wasRemovedByUs(parts.db, { tenantId: facts.tenant.id, ...object }),
      recoveryUntil: async () => (await findRecovery(parts.db, facts.tenant.id, parts.now()))?.until ?? null,
      scratchByUs: () => listScratchByUs(parts.db, facts.tenant.id),
      recorded: (name) => saved.get(name) ?? null,
      planned: (reference) => callBehind(given.steps, reference),
      policy: () => readSavedPolicy(parts.db, facts.cloud.id),
      desired: () => findDesired(parts.db, facts.tenant.id),
      now: parts.now(),
    },
  });
  if (planned.kind === "blocked") return planned;
  foresee(saved, planned.step);
  const seals = planned.step.calls.flatMap((call) => Object.keys(call.seals));
  for (const name of [...planned.step.generates, ...seals]) sessions.awaits(name, stepId);
  return planned;
}

function callBehind(steps: readonly PlannedStep[], reference: string): PlannedCall | null {
  for (const { id, calls } of steps) {
    const call = calls.find(({ captures }) =>
      Object.keys(captures).some((output) => outputRef(id, output) === reference),
    );
    if (call !== undefined) return call;
  }
  return null;
}

/** Each identity has answers of its own: what one may see another may not. */
function answersOf(answers: Map<Identity, Answers>, identity: Identity): Answers {
  const known = answers.get(identity) ?? new Map();
  answers.set(identity, known);
  return known;
}

function assemble(facts: StageFacts, steps: PlannedStep[]): StagePlan {
  const { runbook, stage, cloud, tenant } = facts;
  return {
    format: 1,
    runbook: { slug: runbook.slug, contentHash: runbook.contentHash },
    stage: { key: stage.key, hash: stage.hash },
    cloud: { id: cloud.id, name: cloud.name },
    tenant: { id: tenant.id, slug: tenant.slug },
    effect: strictestEffect(steps.map(({ effect }) => effect)),
    steps,
    gates: gatesOf(stage),
  };
}

function blocksOf(stage: RunbookStage): RunbookBlock[] {
  return stage.parts.flatMap((part) => (part.kind === "block" ? [part.block] : []));
}

function gatesOf(stage: RunbookStage): PlannedGate[] {
  return stage.parts.flatMap((part) =>
    part.kind === "gate" ? [{ id: part.gate.id, assertions: part.gate.assertions }] : [],
  );
}

function obstacleOf(error: unknown): PlanResult {
  if (error instanceof IdentityError) return blocked(error.message, error.advice);
  if (error instanceof CloudError) {
    return failed(error.says, "Correct the cause, then preview again. Nothing was changed.");
  }
  if (error instanceof NotYetError) {
    return blocked(
      error.message,
      "Run the stage up to that step, or move the later step into another stage.",
    );
  }
  throw error;
}

function blocked(says: string, advice: string): Blocked {
  return { kind: "blocked", says, advice };
}

function failed(says: string, advice = "Preview again. If it stays, look at the runner's log."): PlanResult {
  return { kind: "failed", says, advice };
}
