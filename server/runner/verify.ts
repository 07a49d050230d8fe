import { randomUUID } from "node:crypto";
import { and, desc, eq, sql } from "drizzle-orm";
import { evidence } from "#db/schema/job.ts";
import { finding, tenantValue } from "#db/schema/tenant.ts";
import type { Tx } from "#db/client.ts";
import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { evaluateExpectations, type JudgedExpression } from "#server/domain/gate/evaluate.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { parsePath, valueAt } from "#server/domain/runbook/path.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import type { ObservedFinding, Operation, ReadBack, ReadContext } from "#server/operations/handler.ts";
import { findDesired } from "#server/services/guest/desired.ts";
import { RunEnded } from "./endings.ts";
import { fillParameters } from "./fill-call.ts";
import { readOnlySession } from "./observed-session.ts";
import { asOutput, type Run } from "./run.ts";
import { readSavedPolicy } from "./saved-policy.ts";
import { scopeOf } from "./stage-facts.ts";

/** The half of an operation that a read-back needs. */
type Verified = Pick<Operation, "definition" | "readBack">;

/**
 * Reads back what a step was to bring about, keeps it as evidence and judges it. The first unexpected result ends the
 * run: throws RunEnded.
 */
export async function verifyStep(run: Run, step: PlannedStep, operation: Verified): Promise<void> {
  const seen = await readBack(run, step, operation);
  const values = run.clean(seen.values);
  const judged = evaluateExpectations(step.expect, values, scopeOf(run.facts, run.saved));
  const saves = savedValues(step, values);
  const problems = [...judged.filter(({ passed }) => !passed).map(unexpected), ...saves.missing];
  const isExpected = problems.length === 0;
  await run.journal.within(
    [
      { kind: "read_back", stepId: step.id, body: { passed: isExpected } },
      ...(isExpected ? [{ kind: "step_finished" as const, stepId: step.id, body: {} }] : []),
    ],
    async (tx) => {
      await keepEvidence(tx, run, { step, values, judged });
      await keepFindings(tx, run, { step, findings: seen.findings ?? [] });
      if (isExpected) await keepValues(tx, run, { step, saved: saves.values });
    },
  );
  run.steps.set(step.id, values);
  if (!isExpected) throw unexpectedEnd(step, problems, values);
  for (const [name, value] of saves.values) run.saved.set(name, value);
  run.outputs.set(step.id, { ...run.outputs.get(step.id), ...namedOutputs(operation, values) });
}

async function readBack(run: Run, step: PlannedStep, operation: Verified): Promise<ReadBack> {
  run.checkpoint();
  const parameters = operation.definition.parameters.parse(fillParameters(run, step));
  const context: ReadContext = {
    stepId: step.id,
    tenant: { id: run.facts.tenant.id, slug: run.facts.tenant.slug },
    session: async () =>
      readOnlySession(await run.sessions.open(step.identity), (line) => run.say("call", line, step.id)),
    recorded: (name) => run.saved.get(name) ?? null,
    policy: () => readSavedPolicy(run.parts.db, run.facts.cloud.id),
    desired: () => findDesired(run.parts.db, run.facts.tenant.id),
    say: (line) => Promise.resolve(run.say("note", line, step.id)),
    wait: (ms) => run.parts.wait(ms, run.signal),
    now: run.parts.now,
    signal: run.signal,
  };
  try {
    await run.parts.boundary("in read_back");
    return await operation.readBack(context, parameters, run.outputs.get(step.id) ?? {});
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof DomainError)) throw error;
    throw new RunEnded({
      state: "failed",
      says: `Step ${step.id} could not be read back. ${error instanceof CloudError ? error.says : error.message}`,
      advice:
        "Nothing more was sent. Correct the cause, then preview the stage again: what is done shows as already so.",
    });
  }
}

/** As-run values that the step saves; a path that leads nowhere is as unexpected as a wrong value. */
function savedValues(step: PlannedStep, values: Json) {
  const saved = new Map<string, Json>();
  const missing: string[] = [];
  for (const [name, text] of Object.entries(step.save)) {
    const path = parsePath(text);
    const value = path === null ? undefined : valueAt(values, path);
    if (value === undefined) missing.push(`${text}, which is to be kept as ${name}, was not seen`);
    else saved.set(name, value);
  }
  return { values: saved, missing };
}

function namedOutputs(operation: Verified, values: Json): Record<string, string> {
  const texts = operation.definition.outputs.flatMap((name) => {
    const text = asOutput(valueAt(values, [name]));
    return text === null ? [] : [[name, text] as const];
  });
  return Object.fromEntries(texts);
}

async function keepEvidence(
  tx: Tx,
  run: Run,
  { step, values, judged }: { step: PlannedStep; values: Json; judged: JudgedExpression[] },
): Promise<void> {
  await tx.insert(evidence).values({
    id: randomUUID(),
    jobId: run.job.id,
    stepId: step.id,
    values: asRecord(values),
    expectations: judged.map((one) => ({
      that: one.that,
      expected: textOf(run, one.expected),
      observed: textOf(run, one.observed),
      passed: one.passed,
    })),
    at: run.parts.now(),
  });
}

async function keepFindings(
  tx: Tx,
  run: Run,
  { step, findings }: { step: PlannedStep; findings: readonly ObservedFinding[] },
): Promise<void> {
  for (const { code, severity, says, observed } of findings) {
    run.say("warn", says, step.id);
    if (await isKnownFinding(tx, run, { code, observed: run.clean(observed) })) continue;
    await tx.insert(finding).values({
      id: randomUUID(),
      tenantId: run.job.tenantId,
      jobId: run.job.id,
      stageKey: run.job.stageKey,
      stepId: step.id,
      code,
      severity,
      says: textOf(run, says),
      observed: storedJson(run.clean(observed)),
      at: run.parts.now(),
    });
  }
}

/** Whether the newest finding of that code says the same: a second run observes it again, and that is no news. */
async function isKnownFinding(tx: Tx, run: Run, seen: { code: string; observed: Json }): Promise<boolean> {
  const [newest] = await tx
    .select({ observed: finding.observed })
    .from(finding)
    .where(and(eq(finding.tenantId, run.job.tenantId), eq(finding.code, seen.code)))
    .orderBy(desc(finding.at))
    .limit(1);
  return newest !== undefined && canonicalJson(newest.observed) === canonicalJson(seen.observed);
}

/** Only what is new or has changed: the as-run reference shows when a value came to be. */
async function keepValues(
  tx: Tx,
  run: Run,
  { step, saved }: { step: PlannedStep; saved: ReadonlyMap<string, Json> },
): Promise<void> {
  for (const [name, value] of saved) {
    const known = run.saved.get(name);
    if (known !== undefined && canonicalJson(known) === canonicalJson(value)) continue;
    run.say("value", `${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`, step.id);
    await tx.insert(tenantValue).values({
      tenantId: run.job.tenantId,
      name,
      value: storedJson(value),
      jobId: run.job.id,
      stageKey: run.job.stageKey,
      stepId: step.id,
      at: run.parts.now(),
    });
  }
}

function unexpected({ that, expected, observed }: JudgedExpression): string {
  return `${that}: expected ${expected}, observed ${observed}`;
}

function unexpectedEnd(step: PlannedStep, problems: readonly string[], values: Json): RunEnded {
  const explanation = asOutput(valueAt(values, ["explanation"])) ?? "";
  const advice = asOutput(valueAt(values, ["advice"])) ?? "";
  return new RunEnded({
    state: "failed",
    says: `Step ${step.id}, ${step.words.title}, did not come out as expected: ${problems.join("; ")}. ${explanation}`.trim(),
    advice:
      `${advice} Nothing after this step was sent. Correct the cause, then preview the stage again.`.trim(),
  });
}

// Drizzle would write a JSON null as the absence of a value.
function storedJson(value: Json) {
  return sql<Json>`${JSON.stringify(value)}::jsonb`;
}

function textOf(run: Run, text: string): string {
  return asOutput(run.clean(text)) ?? "";
}

function asRecord(values: Json): Record<string, Json> {
  return typeof values === "object" && values !== null && !Array.isArray(values)
    ? Object.fromEntries(Object.entries(values))
    : {};
}
